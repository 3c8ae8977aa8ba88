package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"strings"

	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/pemutil"
)

func create(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("create", flag.ContinueOnError)
	kty := flags.String("kty", "EC", "key `type`: EC, RSA or OKP")
	crv := flags.String("crv", "P256", "`curve`: P256, P384, P521 or Ed25519")
	size := flags.Int("size", 3072, "`bits` of an RSA key")
	hash := flags.String("hash", "SHA256", "`hash` of an RSA key: SHA256, SHA384 or SHA512")
	pss := flags.Bool("pss", false, "RSA-PSS instead of PKCS #1")
	level := flags.String("protection-level", "SOFTWARE", "protection `level`: SOFTWARE or HSM")
	extractable := flags.Bool("extractable", false, "mark the key as extractable")
	asJSON := flags.Bool("json", false, "print name and public key as JSON")
	parsed, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	algorithm := signatureAlgorithm(plain(*kty), plain(*crv), plain(*hash), *pss)
	if algorithm == apiv1.UnspecifiedSignAlgorithm {
		return fmt.Errorf("no signature algorithm has kty %q, crv %q and hash %q", *kty, *crv, *hash)
	}
	protection, ok := map[string]apiv1.ProtectionLevel{"SOFTWARE": apiv1.Software, "HSM": apiv1.HSM}[plain(*level)]
	if !ok {
		return fmt.Errorf("unsupported protection level: %q", *level)
	}

	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	created, err := manager.CreateKey(&apiv1.CreateKeyRequest{
		Name:               parsed.uri,
		SignatureAlgorithm: algorithm,
		Bits:               *size,
		ProtectionLevel:    protection,
		Extractable:        *extractable,
	})
	if err != nil {
		return fmt.Errorf("failed to create key: %w", err)
	}
	block, err := pemutil.Serialize(created.PublicKey)
	if err != nil {
		return fmt.Errorf("failed to serialize public key: %w", err)
	}
	if !*asJSON {
		return pem.Encode(os.Stdout, block)
	}
	return printJSON(map[string]string{
		"name":      created.Name,
		"publicKey": string(pem.EncodeToMemory(block)),
	})
}

// plain converts spellings such as P-256 and sha-256 to those of the tables: P256, SHA256.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToUpper(s), "-", "")
}

func signatureAlgorithm(kty, crv, hash string, pss bool) apiv1.SignatureAlgorithm {
	type key struct {
		kind string
		pss  bool
	}
	known := map[key]apiv1.SignatureAlgorithm{
		{"EC P256", false}:     apiv1.ECDSAWithSHA256,
		{"EC P384", false}:     apiv1.ECDSAWithSHA384,
		{"EC P521", false}:     apiv1.ECDSAWithSHA512,
		{"OKP ED25519", false}: apiv1.PureEd25519,
		{"RSA SHA256", false}:  apiv1.SHA256WithRSA,
		{"RSA SHA384", false}:  apiv1.SHA384WithRSA,
		{"RSA SHA512", false}:  apiv1.SHA512WithRSA,
		{"RSA SHA256", true}:   apiv1.SHA256WithRSAPSS,
		{"RSA SHA384", true}:   apiv1.SHA384WithRSAPSS,
		{"RSA SHA512", true}:   apiv1.SHA512WithRSAPSS,
	}
	if kty == "RSA" {
		return known[key{kty + " " + hash, pss}]
	}
	return known[key{kty + " " + crv, false}]
}

func printJSON(value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("failed to marshal: %w", err)
	}
	_, err = fmt.Println(string(text))
	return err
}
