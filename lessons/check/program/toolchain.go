package program

import (
	"context"
	"go/version"
	"strings"
	"time"
)

// oldest is the Go release that a workspace's code needs.
const oldest = "go1.26"

// Toolchain returns the version of the Go tool chain that builds programs,
// such as go1.26.8. Its error is a *Failure when there is none that can.
func Toolchain(ctx context.Context) (string, error) {
	p, err := Command(ctx, Config{Limits: Limits{Run: 10 * time.Second}}, "go", "env", "GOVERSION")
	if err != nil {
		return "", &Failure{
			Cause: Exited, Code: -1,
			What: "there is no Go tool chain",
			Why:  err.Error(),
			Next: "Install Go from https://go.dev/dl, then start duplex anew; or check a server in another language by its URL",
		}
	}
	if err := p.Wait(); err != nil {
		return "", err
	}
	found := strings.TrimSpace(p.Output())
	if version.IsValid(found) && version.Compare(found, oldest) < 0 {
		return "", &Failure{
			Cause: Exited, Code: -1,
			What: "the Go tool chain is too old",
			Why:  "it is " + found + ", and the exercises need " + oldest + " or newer",
			Next: "Install a newer one from https://go.dev/dl, then start duplex anew",
		}
	}
	return found, nil
}
