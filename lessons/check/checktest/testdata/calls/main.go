// Calls is a program that calls who has it tested, and lives until that ends the
// connection.
package main

import (
	"io"
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("tcp", os.Getenv("LC_CALLS"))
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, conn)
}
