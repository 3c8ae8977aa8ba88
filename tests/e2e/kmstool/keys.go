package main

import (
	"context"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/pemutil"
)

func printKey(ctx context.Context, args []string) error {
	parsed, err := parse(flag.NewFlagSet("key", flag.ContinueOnError), args, 1)
	if err != nil {
		return err
	}
	keys, err := kms.KeyFS(ctx, parsed.client())
	if err != nil {
		return err
	}
	defer keys.Close()
	text, err := fs.ReadFile(keys, parsed.uri)
	if err != nil {
		return err
	}
	_, err = fmt.Print(string(text))
	return err
}

func deleteKey(ctx context.Context, args []string) error {
	parsed, err := parse(flag.NewFlagSet("key delete", flag.ContinueOnError), args, 1)
	if err != nil {
		return err
	}
	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	deleter, ok := manager.(apiv1.KeyDeleter)
	if !ok {
		return errors.New("the KMS does not implement the DeleteKey method")
	}
	return deleter.DeleteKey(&apiv1.DeleteKeyRequest{Name: parsed.uri})
}

func search(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("search", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print names and public keys as JSON")
	parsed, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	manager, err := parsed.open(ctx)
	if err != nil {
		return err
	}
	defer manager.Close()
	searchable, ok := manager.(apiv1.SearchableKeyManager)
	if !ok {
		return errors.New("the KMS does not implement the SearchKeys method")
	}
	found, err := searchable.SearchKeys(&apiv1.SearchKeysRequest{Query: parsed.uri})
	if err != nil {
		return err
	}
	if !*asJSON {
		for _, key := range found.Results {
			fmt.Println(key.Name)
		}
		return nil
	}
	keys := []map[string]string{}
	for _, key := range found.Results {
		block, err := pemutil.Serialize(key.PublicKey)
		if err != nil {
			return fmt.Errorf("failed to serialize the public key: %w", err)
		}
		keys = append(keys, map[string]string{
			"name":      key.Name,
			"publicKey": string(pem.EncodeToMemory(block)),
		})
	}
	return printJSON(map[string]any{"keys": keys})
}
