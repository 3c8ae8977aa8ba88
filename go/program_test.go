//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// signProgram opens a manager as step-ca does and signs "hello" with a P-256 key.
const signProgram = `package main

import (
	"context"
	"crypto"
	_ "crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"

	"go.step.sm/crypto/kms/apiv1"

	_ "github.com/scwkms/scwkms/go"
)

func main() {
	signature, err := sign(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(signature))
}

func sign(client, key string) ([]byte, error) {
	open, ok := apiv1.LoadKeyManagerNewFunc("scwkms")
	if !ok {
		return nil, fmt.Errorf("scwkms is not registered")
	}
	manager, err := open(context.Background(), apiv1.Options{URI: client})
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		return nil, err
	}
	h := crypto.SHA256.New()
	h.Write([]byte("hello"))
	return signer.Sign(nil, h.Sum(nil), crypto.SHA256)
}
`

// typedProgram does the same with the types of this package.
const typedProgram = `package main

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
)

func main() {
	signature, err := sign(context.Background(), os.Args[1], os.Args[2])
	var failure *scwkms.Error
	if errors.As(err, &failure) {
		fmt.Fprintln(os.Stderr, failure.Code == scwkms.CodeInternal, err)
		os.Exit(1)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(signature))
}

func sign(ctx context.Context, client, key string) ([]byte, error) {
	manager, err := scwkms.New(ctx, apiv1.Options{URI: client})
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	signer, err := manager.CreateSignerContext(ctx, &apiv1.CreateSignerRequest{SigningKey: key})
	if err != nil {
		return nil, err
	}
	h := crypto.SHA256.New()
	h.Write([]byte("hello"))
	return signer.SignContext(ctx, h.Sum(nil), crypto.SHA256)
}

var (
	_ func(*scwkms.KMS, context.Context, *apiv1.CreateDecrypterRequest) (*scwkms.Decrypter, error) = (*scwkms.KMS).CreateDecrypterContext
	_ crypto.Decrypter = (*scwkms.Decrypter)(nil)
	_ = scwkms.ErrClosed
)
`

// buildProgram builds signProgram as a module outside of this one. The settings are environment
// variables and arguments of the go command.
func buildProgram(t *testing.T, settings ...string) (program string) {
	t.Helper()
	return buildSource(t, signProgram, settings...)
}

// buildSource builds a program as a module outside of this one. It replaces this module by this
// folder.
func buildSource(t *testing.T, source string, settings ...string) (program string) {
	t.Helper()
	folder := newModule(t, source)
	program = filepath.Join(folder, "program")
	goCommand(t, folder, append(settings, "build", "-o", program, ".")...)
	return program
}

// newModule returns the folder of a new module with a program.
func newModule(t *testing.T, source string) (folder string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	files := map[string]string{"main.go": source, "go.mod": moduleBeside(t, here)}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	files["go.sum"] = string(sums)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// moduleBeside returns the go.mod of a program that requires this module and its dependencies.
func moduleBeside(t *testing.T, here string) string {
	t.Helper()
	own, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	content := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(own), "module example.com/program")
	const module = "github.com/scwkms/scwkms/go"
	return content + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + here + "\n"
}

// goCommand runs the go command in a folder. Arguments of the form NAME=VALUE are environment
// variables.
func goCommand(t *testing.T, folder string, arguments ...string) string {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path)
	command.Dir = folder
	command.Env = append(command.Env, ownEnvironment...)
	command.Env = append(command.Env, "GOWORK=off")
	for _, argument := range arguments {
		if regexp.MustCompile(`^[A-Z_]+=`).MatchString(argument) {
			command.Env = append(command.Env, argument)
		} else {
			command.Args = append(command.Args, argument)
		}
	}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, out)
	}
	return string(out)
}

// runProgram runs a program that buildProgram built.
func runProgram(t *testing.T, program string, stderr io.Writer, client, key string) (string, error) {
	t.Helper()
	command := exec.Command(program, client, key)
	command.Stderr = stderr
	out, err := command.Output()
	return string(out), err
}

func TestAProgramOfAnotherModule(t *testing.T) {
	skipInShortRun(t, buildsPrograms)
	key := keyOf(t, signingAlgorithms[0].name)
	for _, source := range []string{signProgram, typedProgram} {
		wantSignature(t, buildSource(t, source, "CGO_ENABLED=1"), key)
	}
}

// wantSignature checks that a program signs with a P-256 key.
func wantSignature(t *testing.T, program string, key serviceKey) {
	t.Helper()
	var stderr bytes.Buffer
	out, err := runProgram(t, program, &stderr, clientURI(), key.uri())
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v: %s", err, &stderr)
	}
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
	verify(t, signingAlgorithms[0], publicKey(t, key), digestOf(crypto.SHA256, "hello"), signature)
}

// A program that is built without cgo or without scwkms runs, and explains the reason when it opens
// a manager.
func TestProgramsWithoutThePackage(t *testing.T) {
	skipInShortRun(t, buildsPrograms)
	for _, test := range []struct {
		name, reason string
		settings     []string
	}{
		{"without cgo", "without cgo", []string{"CGO_ENABLED=0"}},
		{"without scwkms", "build tag noscwkms", []string{"CGO_ENABLED=1", "GOFLAGS=-tags=noscwkms"}},
		{"without both", "build tag noscwkms", []string{"CGO_ENABLED=0", "GOFLAGS=-tags=noscwkms"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for source, words := range map[string]string{signProgram: "scwkms: ", typedProgram: "true scwkms: "} {
				wantFailure(t, buildSource(t, source, test.settings...), words, test.reason)
			}
			// The tests of this package that check the whole error are only in such a build.
			out := goCommand(t, ".", append(test.settings, "test", "-v", ".")...)
			for _, name := range []string{"TestStub", "TestErrorsOfEachClass", "TestEveryBuildHasTheSameAPI"} {
				if !strings.Contains(out, "--- PASS: "+name+" ") {
					t.Errorf("%s did not run: %s", name, out)
				}
			}
		})
	}
}

// wantFailure checks that a program fails with words in its output, and sends nothing.
func wantFailure(t *testing.T, program string, words ...string) {
	t.Helper()
	var stderr bytes.Buffer
	wantNoRequests(t, func() {
		if out, err := runProgram(t, program, &stderr, clientURI(), noKey); err == nil {
			t.Errorf("the program succeeds: %s", out)
		}
	})
	for _, word := range words {
		if !strings.Contains(stderr.String(), word) {
			t.Errorf("%q is not in: %s", word, &stderr)
		}
	}
}

// A cross build has no cgo by default.
func TestProgramsForOtherPlatformsCompile(t *testing.T) {
	skipInShortRun(t, buildsPrograms)
	for _, platform := range [][]string{
		{"GOOS=darwin", "GOARCH=arm64"},
		{"GOOS=windows", "GOARCH=amd64"},
		{"GOOS=linux", "GOARCH=arm64"},
	} {
		buildSource(t, typedProgram, platform...)
	}
}
