// Verifyjwt verifies the token of standard input with a library that did not make it, and prints its
// claims: verifyjwt ALGORITHM PUBLIC_KEY_DER
package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func main() {
	claims, err := verify(os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", claims)
}

func verify(algorithm, file string) ([]byte, error) {
	der, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	token, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	parsed, err := jose.ParseSignedCompact(strings.TrimSpace(string(token)), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)})
	if err != nil {
		return nil, err
	}
	return parsed.Verify(public)
}
