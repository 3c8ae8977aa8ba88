package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"

	"go.step.sm/crypto/kms/apiv1"
)

func sign(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	alg := flags.String("alg", "SHA256", "`hash` for RSA keys: SHA256, SHA384 or SHA512")
	pss := flags.Bool("pss", false, "RSA-PSS instead of PKCS #1")
	salt := flags.String("salt-length", "auto", "`length` of the PSS salt: auto, equal-hash or bytes")
	format := flags.String("format", "base64", "`format` of the output: base64, hex, jws or raw")
	in := flags.String("in", "", "`file` to hash and sign")
	verify := flags.Bool("verify", false, "verify the signature with the public key")
	parsed, err := parse(flags, args, 2)
	if err != nil {
		return err
	}
	saltLength, err := parseSaltLength(*salt)
	if err != nil {
		return err
	}

	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: parsed.uri})
	if err != nil {
		return fmt.Errorf("failed to create signer: %w", err)
	}
	options, err := signerOptions(signer.Public(), plain(*alg), *pss, saltLength)
	if err != nil {
		return err
	}
	digest, err := readDigest(parsed, *in, options.HashFunc())
	if err != nil {
		return err
	}
	signature, err := signer.Sign(rand.Reader, digest, options)
	if err != nil {
		return err
	}
	if *verify && !verifies(signer.Public(), digest, signature, options) {
		return errors.New("failed to verify the signature")
	}
	return printSignature(signature, signer.Public(), *format)
}

func parseSaltLength(text string) (int, error) {
	switch text {
	case "", "auto":
		return rsa.PSSSaltLengthAuto, nil
	case "equal-hash", "hash":
		return rsa.PSSSaltLengthEqualsHash, nil
	}
	length, err := strconv.Atoi(text)
	if err != nil || length < rsa.PSSSaltLengthEqualsHash {
		return 0, fmt.Errorf("--salt-length=%q is not valid", text)
	}
	return length, nil
}

// readDigest returns the digest of the file if there is one, else the digest in
// the arguments, else the digest on standard input.
func readDigest(parsed *arguments, file string, hash crypto.Hash) ([]byte, error) {
	switch {
	case file != "":
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("failed to read file %q: %w", file, err)
		}
		h := hash.New()
		h.Write(data)
		return h.Sum(nil), nil
	case len(parsed.rest) == 1:
		digest, err := hex.DecodeString(parsed.rest[0])
		if err != nil {
			return nil, fmt.Errorf("failed to decode digest: %w", err)
		}
		return digest, nil
	default:
		return io.ReadAll(os.Stdin)
	}
}

func signerOptions(public crypto.PublicKey, alg string, pss bool, saltLength int) (crypto.SignerOpts, error) {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		hash, ok := map[elliptic.Curve]crypto.Hash{
			elliptic.P256(): crypto.SHA256, elliptic.P384(): crypto.SHA384, elliptic.P521(): crypto.SHA512,
		}[key.Curve]
		if !ok {
			return nil, fmt.Errorf("unsupported elliptic curve %q", key.Curve.Params().Name)
		}
		return hash, nil
	case *rsa.PublicKey:
		hash, err := hashOf(alg)
		if err != nil || !pss {
			return hash, err
		}
		return &rsa.PSSOptions{Hash: hash, SaltLength: saltLength}, nil
	default:
		return nil, fmt.Errorf("unsupported public key type %T", public)
	}
}

func hashOf(alg string) (crypto.Hash, error) {
	hash, ok := map[string]crypto.Hash{
		"": crypto.SHA256, "SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512,
	}[alg]
	if !ok {
		return 0, fmt.Errorf("unsupported hashing algorithm %q", alg)
	}
	return hash, nil
}

func verifies(public crypto.PublicKey, digest, signature []byte, options crypto.SignerOpts) bool {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	case *rsa.PublicKey:
		if pss, ok := options.(*rsa.PSSOptions); ok {
			return rsa.VerifyPSS(key, pss.Hash, digest, signature, pss) == nil
		}
		return rsa.VerifyPKCS1v15(key, options.HashFunc(), digest, signature) == nil
	default:
		return false
	}
}

func printSignature(signature []byte, public crypto.PublicKey, format string) error {
	var err error
	switch format {
	case "hex":
		_, err = fmt.Println(hex.EncodeToString(signature))
	case "jws":
		if key, ok := public.(*ecdsa.PublicKey); ok {
			if signature, err = fixedWidth(signature, key); err != nil {
				return err
			}
		}
		_, err = fmt.Println(base64.RawURLEncoding.EncodeToString(signature))
	case "raw":
		_, err = os.Stdout.Write(signature)
	case "base64":
		_, err = fmt.Println(base64.StdEncoding.EncodeToString(signature))
	default:
		err = fmt.Errorf("unsupported format %q", format)
	}
	return err
}

// fixedWidth converts an ASN.1 ECDSA signature to r||s, the encoding in a JWS.
func fixedWidth(signature []byte, key *ecdsa.PublicKey) ([]byte, error) {
	var parts struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &parts); err != nil || len(rest) > 0 {
		return nil, errors.New("failed decoding ASN.1 signature")
	}
	width := (key.Params().BitSize + 7) / 8
	out := make([]byte, 2*width)
	parts.R.FillBytes(out[:width])
	parts.S.FillBytes(out[width:])
	return out, nil
}
