package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestFirstWords(t *testing.T) { checktest.Grade(t) }
