package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestReconnect(t *testing.T) { checktest.Grade(t) }
