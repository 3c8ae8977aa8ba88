// Demo is the main job from end to end: a certificate authority of the real
// step-ca whose keys are in the (emulated) Key Manager issues a certificate
// over its own API. It takes no input, and leaves nothing running.
package main

import (
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
	// step's client library looks for a user's identity in this folder.
	os.Setenv("STEPPATH", folder)

	program, err := tools.Built("step-ca")
	if err != nil {
		return err
	}
	openssl, err := tools.NewOpenSSL(folder)
	if err != nil {
		return err
	}

	say("Starting scwkms-emulator, Scaleway Key Manager on this machine")
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

	say("Getting a certificate for %s over the API of step-ca", leafName)
	before, err := service.Stats()
	if err != nil {
		return err
	}
	requester, err := client.New(server, provisioner)
	if err != nil {
		return err
	}
	leaf, chain, err := requester.Certificate(leafName)
	if err != nil {
		return err
	}
	after, err := service.Stats()
	if err != nil {
		return err
	}
	fmt.Printf("    signed by Key Manager with %d request\n", after.Operations["Sign"]-before.Operations["Sign"])

	say("Verifying it with openssl, up to the root")
	verdict, err := openssl.VerifyChain(pki.PEM(config.Root), pki.PEM(chain...), pki.PEM(leaf))
	if err != nil {
		return err
	}
	_, verdict, _ = strings.Cut(verdict, ": ") // after the file's name
	fmt.Println("    openssl verify:", strings.TrimSpace(verdict))

	say("The certificate")
	text, err := openssl.Certificate(pki.PEM(leaf), "-subject", "-issuer", "-serial", "-dates", "-ext", "subjectAltName", "-fingerprint", "-sha256")
	if err != nil {
		return err
	}
	fmt.Println(indent(text))
	say("Stopping step-ca and the emulator")
	return nil
}

// authority makes the keys with the plugin and the certificates with the keys.
func authority(service *scwkmstest.Emulator, env []string) (*stepca.Config, error) {
	path, err := tools.Plugin()
	if err != nil {
		return nil, err
	}
	plugin := tools.KMSPlugin{Command: tools.Command{Path: path, Env: env}}

	say("Creating the keys of the root and of the intermediate (step-kms-plugin create)")
	rootKey, err := plugin.Create(service.ClientURI(), scwkmstest.URI("name", "demo-root"), "--kty", "EC", "--crv", "P384")
	if err != nil {
		return nil, err
	}
	fmt.Println("    root:        ", rootKey.Name)
	intermediateKey, err := plugin.Create(service.ClientURI(), scwkmstest.URI("name", "demo-intermediate"), "--kty", "EC", "--crv", "P256")
	if err != nil {
		return nil, err
	}
	fmt.Println("    intermediate:", intermediateKey.Name)

	say("Signing the certificates of the root and of the intermediate with these keys")
	manager, err := pki.Open(service.FullURI())
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	rootSigner, err := pki.Signer(manager, rootKey.Name)
	if err != nil {
		return nil, err
	}
	intermediateSigner, err := pki.Signer(manager, intermediateKey.Name)
	if err != nil {
		return nil, err
	}
	root, err := pki.NewRoot("Demo Root CA", rootSigner)
	if err != nil {
		return nil, err
	}
	intermediate, err := root.NewIntermediate("Demo Intermediate CA", intermediateSigner)
	if err != nil {
		return nil, err
	}
	for _, issuer := range []*pki.Issuer{root, intermediate} {
		fmt.Printf("    %s: signed by %s\n", issuer.Certificate.Subject.CommonName, issuer.Certificate.SignatureAlgorithm)
	}
	return &stepca.Config{
		Root:         root.Certificate,
		Intermediate: intermediate.Certificate,
		KMS:          service.ClientURI(),
		Key:          intermediateKey.Name,
		Provisioners: []string{provisioner},
	}, nil
}

// removeWhenInterrupted leaves nothing lying about; the children end with
// this process by themselves.
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
