//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log"
	"math/big"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// A key is created, signs, and is deleted. The credentials come from Scaleway's environment
// variables or config file.
func Example() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:region=fr-par"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()

	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=example;unprotected=true"})
	if err != nil {
		log.Fatal(err)
	}
	signer, err := manager.CreateSigner(&key.CreateSignerRequest)
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a message"))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), digest[:], signature))

	if err := manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name}); err != nil {
		log.Fatal(err)
	}
	// Output: true
}

// A program that uses go.step.sm/crypto/kms only imports the package. The scheme of the URI selects it.
func ExampleNew_registered() {
	options := apiv1.Options{URI: "scwkms:region=fr-par;timeout=5s"}
	kind, err := options.GetType()
	if err != nil {
		log.Fatal(err)
	}
	open, ok := apiv1.LoadKeyManagerNewFunc(kind)
	if !ok {
		log.Fatalf("%s is not built in", kind)
	}
	manager, err := open(context.Background(), options)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%T\n", manager)
	fmt.Println(manager.Close())
	// Output:
	// *scwkms.KMS
	// <nil>
}

func ExampleKMS_CreateKey() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()

	// The URI has parameters for which apiv1 has no fields.
	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{
		Name:               "scwkms:name=rsa-example;unprotected=true;tags=example;description=made+by+an+example",
		SignatureAlgorithm: apiv1.SHA256WithRSA,
		Bits:               2048,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name})
	fmt.Println(key.PublicKey.(*rsa.PublicKey).N.BitLen())
	fmt.Println(len(key.Name) == len("scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;region=fr-par"))

	_, err = manager.CreateKey(&apiv1.CreateKeyRequest{Name: "another", SignatureAlgorithm: apiv1.PureEd25519})
	fmt.Println(err)
	// Output:
	// 2048
	// true
	// scwkms: create key: Scaleway Key Manager has no keys for Ed25519; it has ECDSA-SHA256, ECDSA-SHA384, SHA256-RSA and SHA256-RSAPSS
}

// The parameter algorithm requests a decryption key. Its public key encrypts, without a label.
func ExampleKMS_CreateDecrypter() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()

	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{
		Name: "scwkms:name=mailbox;algorithm=rsa_oaep_2048_sha256;unprotected=true",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name})

	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, key.PublicKey.(*rsa.PublicKey), []byte("a secret"), nil)
	if err != nil {
		log.Fatal(err)
	}
	decrypter, err := manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: key.Name})
	if err != nil {
		log.Fatal(err)
	}
	plaintext, err := decrypter.Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", plaintext)
	// Output: a secret
}

func ExampleKMS_SearchKeys() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()

	for _, name := range []string{"blue", "red"} {
		key, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=" + name + ";tags=colours;unprotected=true"})
		if err != nil {
			log.Fatal(err)
		}
		defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name})
	}
	found, err := manager.SearchKeys(&apiv1.SearchKeysRequest{Query: "scwkms:tags=colours;usage=asymmetric_signing"})
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range found.Results {
		fmt.Printf("%T\n", key.PublicKey)
	}
	// Output:
	// *ecdsa.PublicKey
	// *ecdsa.PublicKey
}

// An RSA-PSS key only signs certificates whose template requests PSS. By default, Go requests PKCS #1
// v1.5 from an RSA key.
func ExampleSigner() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{
		Name: "scwkms:name=pss-example;unprotected=true", SignatureAlgorithm: apiv1.SHA256WithRSAPSS, Bits: 2048,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name})
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key.Name})
	if err != nil {
		log.Fatal(err)
	}

	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "example"},
		NotAfter:     time.Now().Add(time.Hour),
	}
	_, err = x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	fmt.Println(errors.Is(err, apiv1.NotImplementedError{}))

	template.SignatureAlgorithm = signer.(*scwkms.Signer).SignatureAlgorithm()
	_, err = x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	fmt.Println(template.SignatureAlgorithm, err)
	// Output:
	// true
	// SHA256-RSAPSS <nil>
}

// A signature takes at most as long as its context allows. Cancelling the context ends it, too.
func ExampleSigner_SignContext() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=context-example;unprotected=true"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: key.Name})

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	signer, err := manager.CreateSignerContext(ctx, &key.CreateSignerRequest)
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a message"))
	signature, err := signer.SignContext(ctx, digest[:], crypto.SHA256)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ecdsa.VerifyASN1(signer.Public().(*ecdsa.PublicKey), digest[:], signature))

	cancel()
	_, err = signer.SignContext(ctx, digest[:], crypto.SHA256)
	fmt.Println(errors.Is(err, context.Canceled))
	// Output:
	// true
	// true
}

func ExampleError() {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		log.Fatal(err)
	}
	defer manager.Close()

	_, err = manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "scwkms:name=missing"})
	fmt.Println(errors.Is(err, &scwkms.Error{Code: scwkms.CodeNotFound}))
	// The error is also the one of apiv1.
	fmt.Println(errors.Is(err, apiv1.NotFoundError{}))

	_, err = manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "fr-par/00000000-0000-4000-8000-000000000000"})
	var failure *scwkms.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.HTTPStatus, failure.RequestID != "")
	}
	// Output:
	// true
	// true
	// 404 true
}
