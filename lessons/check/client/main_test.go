package client

import (
	"testing"

	"duplex/lessons/check/program"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	program.Keep()
	goleak.VerifyTestMain(m)
}
