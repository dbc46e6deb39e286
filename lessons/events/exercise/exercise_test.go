package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestEvents(t *testing.T) { checktest.Grade(t) }
