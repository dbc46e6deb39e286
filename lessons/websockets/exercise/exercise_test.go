package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestHandshake(t *testing.T) { checktest.Grade(t) }
