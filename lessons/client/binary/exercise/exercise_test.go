package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestBinary(t *testing.T) { checktest.Grade(t) }
