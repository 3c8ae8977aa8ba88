package tools

import (
	"encoding/json"
	"fmt"
	"slices"
)

// KMSPlugin is step-kms-plugin, or its stand-in.
type KMSPlugin struct {
	Command
}

// Key is what `create --json` prints of a key.
type Key struct {
	Name      string `json:"name"`
	PublicKey string `json:"publicKey"`
}

// Create makes a key. The client's URI may be "" where the key's holds both.
func (p KMSPlugin) Create(client, key string, flags ...string) (*Key, error) {
	args := slices.Concat([]string{"create", "--json"}, flags, kms(client), []string{key})
	out, err := p.Run(nil, args...)
	if err != nil {
		return nil, err
	}
	var created Key
	if err := json.Unmarshal(out, &created); err != nil {
		return nil, fmt.Errorf("create --json printed %q: %w", out, err)
	}
	return &created, nil
}

// Do runs another command of the plugin on a key.
func (p KMSPlugin) Do(input []byte, client, key string, command ...string) ([]byte, error) {
	return p.Run(input, slices.Concat(command, kms(client), []string{key})...)
}

func kms(client string) []string {
	if client == "" {
		return nil
	}
	return []string{"--kms", client}
}
