// Jwt prints a JSON Web Token that is signed by a key in Key Manager, with ES256, RS256 or PS256.
//
//	jwt -key scwkms:name=tokens -subject alice
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"flag"
	"fmt"
	"log"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func main() {
	key := flag.String("key", "", "the `name` of a key, such as scwkms:name=tokens")
	subject := flag.String("subject", "alice", "the subject of the token")
	flag.Parse()
	token, err := newToken(*key, *subject)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}

func newToken(key, subject string) (string, error) {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		return "", err
	}
	defer manager.Close()
	signer, err := manager.CreateSignerContext(context.Background(), &apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		return "", err
	}
	method, ok := methods[signer.SignatureAlgorithm()]
	if !ok {
		return "", fmt.Errorf("the key signs %s, which this program does not use", signer.SignatureAlgorithm())
	}
	return jwt.NewWithClaims(method, jwt.RegisteredClaims{
		Subject:   subject,
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).SignedString(signer)
}

var methods = map[x509.SignatureAlgorithm]jwt.SigningMethod{
	x509.ECDSAWithSHA256:  signingMethod{jwt.SigningMethodES256, crypto.SHA256, fixedWidth},
	x509.SHA256WithRSA:    signingMethod{jwt.SigningMethodRS256, crypto.SHA256, unchanged},
	x509.SHA256WithRSAPSS: signingMethod{jwt.SigningMethodPS256, pss, unchanged},
}

var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}

// signingMethod is a method of the jwt package, but its private key is a crypto.Signer.
type signingMethod struct {
	jwt.SigningMethod
	options crypto.SignerOpts
	encode  func(signature []byte) ([]byte, error)
}

// Sign implements jwt.SigningMethod.
func (m signingMethod) Sign(text string, key any) ([]byte, error) {
	hash := m.options.HashFunc().New()
	hash.Write([]byte(text))
	signature, err := key.(crypto.Signer).Sign(rand.Reader, hash.Sum(nil), m.options)
	if err != nil {
		return nil, err
	}
	return m.encode(signature)
}

func unchanged(signature []byte) ([]byte, error) { return signature, nil }

// fixedWidth converts an ECDSA signature from ASN.1 to the two numbers of 32 bytes that ES256 requires.
func fixedWidth(signature []byte) ([]byte, error) {
	var numbers struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &numbers); err != nil {
		return nil, err
	}
	encoded := make([]byte, 64)
	numbers.R.FillBytes(encoded[:32])
	numbers.S.FillBytes(encoded[32:])
	return encoded, nil
}
