// Demo starts the real step-ca, whose keys are in the emulator of Key Manager, and
// requests a certificate over step-ca's API. It needs no input. All its processes
// end with it.
package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/scwkms/scwkms/go/scwkmstest"
	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

const (
	provisioner = "demo"
	leafName    = "app.example.com"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "demo: failed:", err)
		os.Exit(1)
	}
	fmt.Println("demo: ok")
}

func say(format string, args ...any) {
	fmt.Printf("\n==> "+format+"\n", args...)
}

func run() (err error) {
	folder, err := os.MkdirTemp("", "scwkms-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	removeWhenInterrupted(folder)
	// step's client library reads the user's identity from this folder.
	os.Setenv("STEPPATH", folder)

	program, err := tools.Built("step-ca")
	if err != nil {
		return err
	}
	openssl, err := tools.NewOpenSSL(folder)
	if err != nil {
		return err
	}

	say("Starting scwkms-emulator, an emulator of Scaleway Key Manager on loopback")
	service, err := scwkmstest.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, service.Stop()) }()
	fmt.Println("    it listens on", service.URL)
	env := tools.CleanEnv(service, folder)

	config, err := authority(service, env)
	if err != nil {
		return err
	}

	say("Starting step-ca with the intermediate's key in Key Manager")
	server, err := stepca.Start(program, env, folder, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	fmt.Println("    it serves", server.URL)

	leaf, chain, err := issue(service, server)
	if err != nil {
		return err
	}
	if err := verify(openssl, config.Root, leaf, chain); err != nil {
		return err
	}
	say("Stopping step-ca and the emulator")
	return nil
}

// authority creates the keys with step-kms-plugin, and the certificates of the
// root and the intermediate with the keys.
func authority(service *scwkmstest.Emulator, env []string) (*stepca.Config, error) {
	root, intermediate, err := createKeys(service, env)
	if err != nil {
		return nil, err
	}
	say("Signing the certificates of the root and of the intermediate with these keys")
	manager, err := pki.Open(service.FullURI())
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	rootSigner, err := pki.Signer(manager, root.Name)
	if err != nil {
		return nil, err
	}
	intermediateSigner, err := pki.Signer(manager, intermediate.Name)
	if err != nil {
		return nil, err
	}
	rootCA, err := pki.NewRoot("Demo Root CA", rootSigner)
	if err != nil {
		return nil, err
	}
	intermediateCA, err := rootCA.NewIntermediate("Demo Intermediate CA", intermediateSigner)
	if err != nil {
		return nil, err
	}
	for _, issuer := range []*pki.Issuer{rootCA, intermediateCA} {
		fmt.Printf("    %s: signed with %s\n", issuer.Certificate.Subject.CommonName, issuer.Certificate.SignatureAlgorithm)
	}
	return &stepca.Config{
		Root:         rootCA.Certificate,
		Intermediate: intermediateCA.Certificate,
		KMS:          service.ClientURI(),
		Key:          intermediate.Name,
		Provisioners: []string{provisioner},
	}, nil
}

func createKeys(service *scwkmstest.Emulator, env []string) (root, intermediate *tools.Key, err error) {
	path, err := tools.Plugin()
	if err != nil {
		return nil, nil, err
	}
	plugin := tools.KMSPlugin{Command: tools.Command{Path: path, Env: env}}
	say("Creating the keys of the root and of the intermediate (step-kms-plugin create)")
	root, err = plugin.Create(service.ClientURI(), scwkmstest.URI("name", "demo-root"), "--kty", "EC", "--crv", "P384")
	if err != nil {
		return nil, nil, err
	}
	fmt.Println("    root:        ", root.Name)
	intermediate, err = plugin.Create(service.ClientURI(), scwkmstest.URI("name", "demo-intermediate"), "--kty", "EC", "--crv", "P256")
	if err != nil {
		return nil, nil, err
	}
	fmt.Println("    intermediate:", intermediate.Name)
	return root, intermediate, nil
}

// issue requests a certificate from step-ca.
func issue(service *scwkmstest.Emulator, server *stepca.Server) (leaf *x509.Certificate, chain []*x509.Certificate, err error) {
	say("Requesting a certificate for %s over the API of step-ca", leafName)
	before, err := service.Stats()
	if err != nil {
		return nil, nil, err
	}
	requester, err := client.New(server, provisioner)
	if err != nil {
		return nil, nil, err
	}
	leaf, chain, err = requester.Certificate(leafName)
	if err != nil {
		return nil, nil, err
	}
	after, err := service.Stats()
	if err != nil {
		return nil, nil, err
	}
	fmt.Printf("    signed by Key Manager with %d request\n", after.Operations["Sign"]-before.Operations["Sign"])
	return leaf, chain, nil
}

// verify verifies and prints a certificate with openssl.
func verify(openssl *tools.OpenSSL, root, leaf *x509.Certificate, chain []*x509.Certificate) error {
	say("Verifying the certificate and its chain with openssl")
	result, err := openssl.VerifyChain(pki.PEM(root), pki.PEM(chain...), pki.PEM(leaf))
	if err != nil {
		return err
	}
	_, result, _ = strings.Cut(result, ": ") // after the file's name
	fmt.Println("    openssl verify:", strings.TrimSpace(result))

	say("The certificate")
	text, err := openssl.Certificate(pki.PEM(leaf), "-subject", "-issuer", "-serial", "-dates", "-ext", "subjectAltName", "-fingerprint", "-sha256")
	if err != nil {
		return err
	}
	fmt.Println(indent(text))
	return nil
}

// removeWhenInterrupted removes the folder if the demo is interrupted. The child
// processes end with this process.
func removeWhenInterrupted(folder string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		os.RemoveAll(folder)
		fmt.Fprintln(os.Stderr, "demo: interrupted")
		os.Exit(130)
	}()
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
