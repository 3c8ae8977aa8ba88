package scwkms_test

// stubWords are what the errors of stubs must say, so that one knows how to get the real thing.
var stubWords = map[string][]string{
	"no cgo":   {"scwkms", "without cgo", "CGO_ENABLED=1", "C compiler", "static library", "make"},
	"noscwkms": {"scwkms", "build tag noscwkms", "without that tag"},
}
