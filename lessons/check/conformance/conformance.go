// Package conformance is a suite of check scripts, written from RFC 6455 and
// RFC 7692, that holds a WebSocket server to the standard: any server that
// sends every message back unchanged (an echo), in any language.
//
//	report := conformance.Script().Run(ctx, check.Options{
//		Target: "ws://localhost:3000/ws",
//		AtOnce: conformance.AtOnce,
//	})
//
// A chapter is a file of this folder; its steps are called CHAPTER/STEP. Each
// names the section that it holds the server to. The standard's MUST is
// demanded, and its SHOULD: who fails a connection says why in a Close frame
// (RFC 6455 §7.1.7). Where it leaves a choice, every choice passes. What a server
// need not have, compression, is left out where it is not there, and the report
// says so.
package conformance

import (
	"embed"
	"fmt"

	"duplex/lessons/check"
)

// AtOnce is how many steps run side by side. They know nothing of each other,
// and a server that does not answer makes each of them wait.
const AtOnce = 16

// Name is what the suite is called where exercises are named.
const Name = "conformance"

// names are the chapters, in order.
var names = []string{"opening", "framing", "pingpong", "reserved", "fragments", "utf8", "close", "sizes", "deflate"}

//go:embed *.txt
var texts embed.FS

// Chapters are the scripts of the suite, in order.
func Chapters() []*check.Script {
	var all []*check.Script
	for _, name := range names {
		file := name + ".txt"
		src, err := texts.ReadFile(file)
		if err != nil {
			panic(err) // embedded: it cannot be missing
		}
		script, err := check.Parse(file, src)
		if err != nil {
			panic(fmt.Sprint("the suite has defects:\n", err)) // a test parses it
		}
		all = append(all, script)
	}
	return all
}

// Script is the whole suite as one script.
func Script() *check.Script {
	return check.Join(Name, "Hold to RFC 6455 and RFC 7692, case by case.", Chapters()...)
}
