//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"duplex/lessons"
)

// After kill -9 of the binary, nothing is left of the program that it ran for
// a learner.
func TestKilled(t *testing.T) {
	cmd := exec.Command("duplex", "serve", "--addr", "127.0.0.1:0", "--work", t.TempDir(), "--data", t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	page := page{t: t, base: strings.TrimSpace(strings.TrimPrefix(line, "listening on "))}
	page.token = regexp.MustCompile(`duplex-token" content="(\w+)"`).FindStringSubmatch(page.ask("GET", "/lessons/echo", ""))[1]

	page.ask("POST", "/work", `{}`)
	var now struct{ Files []struct{ Hash string } }
	if err := json.Unmarshal([]byte(page.ask("GET", "/work/echo", "")), &now); err != nil {
		t.Fatal(err)
	}
	solution, _ := json.Marshal(string(lessons.Load(lessons.FS()).Exercise("echo").Solution[0].Source))
	page.ask("PUT", "/work/echo/main.go", fmt.Sprintf(`{"content":%s,"base":"%s"}`, solution, now.Files[0].Hash))
	target := regexp.MustCompile(`"target":"http://([^"]+)"`).FindStringSubmatch(page.ask("POST", "/check/echo", `{"run":true,"step":"text"}`))
	if target == nil {
		t.Fatal("the program was not checked")
	}
	conn, err := net.Dial("tcp", target[1])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = cmd.Process.Kill()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the program still holds its connection: %v", err)
	}
	_ = cmd.Wait()
	for deadline := time.Now().Add(patience); ; { // the system closes what it listens on last
		c, err := net.Dial("tcp", target[1])
		if err != nil {
			return
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("the program still listens")
		}
	}
}

// A page asks the server as a page does.
type page struct {
	t           *testing.T
	base, token string
}

func (p page) ask(method, path, body string) string {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, bytes.NewBufferString(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Duplex-Token", p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %s %s %v", method, path, res.Status, text, err)
	}
	return string(text)
}
