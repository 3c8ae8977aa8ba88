//go:build cgo && !noscwkms

package scwkms

import (
	"strings"

	"go.step.sm/crypto/kms/uri"
)

// parseURI reads a URI of the scheme as the library does. Go's url.ParseQuery drops a part that has
// a semicolon in it, so what a query separates by semicolons would seem not to be there.
func parseURI(text string) (*uri.URI, error) {
	opaque, query, hasQuery := strings.Cut(text, "?")
	if hasQuery {
		text = opaque + "?" + strings.ReplaceAll(query, ";", "&")
	}
	return uri.ParseWithScheme(Scheme, text)
}
