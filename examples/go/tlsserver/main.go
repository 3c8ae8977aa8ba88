// Tlsserver is an HTTPS server whose private key is in Key Manager.
//
//	tlsserver -key scwkms:name=tls -cert cert.pem
//
// Each full TLS handshake is one signature by Key Manager. The server signs its own certificate when it
// starts, and writes it to a file, which clients trust. In production, use a certificate of an
// authority instead.
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

// schemes are the TLS signatures of each kind of key. TLS 1.3 does not use PKCS #1.
var schemes = map[x509.SignatureAlgorithm]tls.SignatureScheme{
	x509.ECDSAWithSHA256:  tls.ECDSAWithP256AndSHA256,
	x509.ECDSAWithSHA384:  tls.ECDSAWithP384AndSHA384,
	x509.SHA256WithRSAPSS: tls.PSSWithSHA256,
}

func main() {
	key := flag.String("key", "", "the `name` of an EC or RSA-PSS key, such as scwkms:name=tls")
	file := flag.String("cert", "cert.pem", "the `file` to which the certificate is written")
	address := flag.String("listen", "localhost:8443", "the `address` to listen on")
	flag.Parse()
	if err := serve(*key, *file, *address); err != nil {
		log.Fatal(err)
	}
}

func serve(key, file, address string) error {
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		return err
	}
	defer manager.Close()
	signer, err := manager.CreateSignerContext(context.Background(), &apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		return err
	}
	certificate, err := selfSigned(signer)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o644); err != nil {
		return err
	}
	return listen(address, certificate)
}

func selfSigned(signer *scwkms.Signer) (tls.Certificate, error) {
	scheme, ok := schemes[signer.SignatureAlgorithm()]
	if !ok {
		return tls.Certificate{}, fmt.Errorf("the key signs %s: use an EC or RSA-PSS key", signer.SignatureAlgorithm())
	}
	template := &x509.Certificate{
		SerialNumber:       big.NewInt(time.Now().UnixNano()),
		NotAfter:           time.Now().AddDate(0, 0, 30),
		DNSNames:           []string{"localhost"},
		IPAddresses:        []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		SignatureAlgorithm: signer.SignatureAlgorithm(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	return tls.Certificate{
		Certificate:                  [][]byte{der},
		PrivateKey:                   signer,
		SupportedSignatureAlgorithms: []tls.SignatureScheme{scheme},
	}, err
}

func listen(address string, certificate tls.Certificate) error {
	listener, err := tls.Listen("tcp", address, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
	})
	if err != nil {
		return err
	}
	fmt.Printf("https://%s\n", listener.Addr())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello")
	}))
}
