package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestEventSource(t *testing.T) { checktest.Grade(t) }
