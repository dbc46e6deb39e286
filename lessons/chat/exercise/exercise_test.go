package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestChat(t *testing.T) { checktest.Grade(t) }
