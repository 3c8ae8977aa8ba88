// Kmstool replaces step-kms-plugin where its module cannot be downloaded. For
// the commands of docs/step-ca.md it has the same command line, and it makes
// the same calls to go.step.sm/crypto/kms with the same options.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"
)

const usage = `usage: kmstool COMMAND [flags] URI

  create   [--json] [--kty EC|RSA|OKP] [--crv C] [--size N] [--hash H] [--pss] [--protection-level L]
  key      print the public key
  key delete
  sign     [--in FILE] [--alg H] [--pss] [--salt-length S] [--format F] [--verify] URI [HEX DIGEST]
  encrypt  [--oaep] [--no-label] [--label L] [--alg H] [--in FILE] [--format F]
  decrypt  [--oaep] [--no-label] [--label L] [--alg H] [--in FILE] [--format F]
  search   [--json]

Each has --kms URI: the client's URI, unless the key's URI contains the client's settings.
`

// errUsage makes main print the usage.
var errUsage = errors.New("wrong arguments")

// arguments are the arguments that every command has.
type arguments struct {
	kms string // the client's URI, "" if the key's URI is also the client's
	uri string // the key's name or URI
	// rest are further arguments.
	rest []string
}

// client returns the URI that opens the key manager.
func (a *arguments) client() string {
	switch {
	case a.kms == "":
		return a.uri
	case !strings.Contains(a.kms, ":"):
		return a.kms + ":"
	default:
		return a.kms
	}
}

// open opens the key manager with its type and URI, as the plugin does.
func (a *arguments) open(ctx context.Context) (apiv1.KeyManager, error) {
	kind, err := apiv1.TypeOf(a.client())
	if err != nil {
		return nil, err
	}
	manager, err := kms.New(ctx, apiv1.Options{Type: kind, URI: a.client()})
	if err != nil {
		return nil, fmt.Errorf("failed to load key manager: %w", err)
	}
	return manager, nil
}

// parse parses flags and 1 to max arguments.
func parse(flags *flag.FlagSet, args []string, max int) (*arguments, error) {
	var parsed arguments
	flags.StringVar(&parsed.kms, "kms", "", "the client's `URI`")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() < 1 || flags.NArg() > max {
		return nil, errUsage
	}
	parsed.uri, parsed.rest = flags.Arg(0), flags.Args()[1:]
	return &parsed, nil
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	command, args := args[0], args[1:]
	switch command {
	case "create":
		return create(ctx, args)
	case "key":
		if len(args) > 0 && args[0] == "delete" {
			return deleteKey(ctx, args[1:])
		}
		return printKey(ctx, args)
	case "sign":
		return sign(ctx, args)
	case "encrypt":
		return encrypt(ctx, args)
	case "decrypt":
		return decrypt(ctx, args)
	case "search":
		return search(ctx, args)
	default:
		return errUsage
	}
}

func main() {
	err := run(context.Background(), os.Args[1:])
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
