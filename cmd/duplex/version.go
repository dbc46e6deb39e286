package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func versionCommand() *command {
	return &command{
		name:  "version",
		short: "say which duplex this is",
		long:  "  duplex version",
		run:   runVersion,
	}
}

func runVersion(_ context.Context, c *call) error {
	if _, err := c.parse(0, 0); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "duplex %s, %s, %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is the module's version, or the revision that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	set := make(map[string]string)
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	revision := set["vcs.revision"]
	switch {
	case len(revision) >= 12 && set["vcs.modified"] == "true":
		return revision[:12] + " (modified)"
	case len(revision) >= 12:
		return revision[:12]
	}
	return info.Main.Version
}
