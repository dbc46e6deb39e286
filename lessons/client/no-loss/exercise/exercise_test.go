package main

import (
	"testing"

	"duplex/lessons/check/checktest"
)

func TestNoLoss(t *testing.T) { checktest.Grade(t) }
