package tools

import (
	"encoding/json"
	"fmt"
	"slices"
)

// KMSPlugin is step-kms-plugin, or kmstool.
type KMSPlugin struct {
	Command
}

// Key is a key as `create --json` prints it.
type Key struct {
	Name      string `json:"name"`
	PublicKey string `json:"publicKey"`
}

// Create creates a key. The client's URI can be empty if the key's URI contains
// the client's settings.
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

// Do runs another command of the plugin with a key.
func (p KMSPlugin) Do(input []byte, client, key string, command ...string) ([]byte, error) {
	return p.Run(input, slices.Concat(command, kms(client), []string{key})...)
}

func kms(client string) []string {
	if client == "" {
		return nil
	}
	return []string{"--kms", client}
}
