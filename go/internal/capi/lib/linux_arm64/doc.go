// Package lib is the folder in which `make` puts the static library for this platform, and its
// header. It is a Go package so that `go mod vendor` copies the folder.
package lib
