// Package stepca runs the real step-ca with keys in Key Manager.
package stepca

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.step.sm/crypto/jose"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
)

// Password decrypts the provisioner's key. The CA gets it by --password-file,
// as after `step ca init`.
const Password = "correct horse battery staple"

// Config describes a ca.json.
type Config struct {
	Root, Intermediate *x509.Certificate
	// KMS is the URI of the key manager, and Key that of the intermediate's key.
	// If KMS is empty, Key is a file.
	KMS, Key string
	// KMSType is the type of the key manager: scwkms if it is empty.
	KMSType string
	// SSHHostKey and SSHUserKey are empty if SSH is disabled.
	SSHHostKey, SSHUserKey string
	// Provisioners are the names of JWK provisioners.
	Provisioners []string
	// SCEP are the SCEP provisioners.
	SCEP []map[string]any
	// CRL enables revocation lists and a database, which they need.
	CRL bool
	// Metrics is the address of the metrics. It is empty if they are disabled.
	Metrics string
}

// Files are the paths of a configuration's files.
type Files struct {
	CA, Root, Password string
}

// Write writes ca.json for an address, and the files to which it refers.
func (c *Config) Write(folder, address string) (*Files, error) {
	files := &Files{
		CA:       filepath.Join(folder, "ca.json"),
		Root:     filepath.Join(folder, "root.crt"),
		Password: filepath.Join(folder, "password.txt"),
	}
	intermediate := filepath.Join(folder, "intermediate.crt")
	provisioners, err := c.provisioners(folder)
	if err != nil {
		return nil, err
	}
	config := map[string]any{
		"root":     files.Root,
		"crt":      intermediate,
		"key":      c.Key,
		"address":  address,
		"dnsNames": []string{"localhost", "127.0.0.1"},
		"authority": map[string]any{
			"provisioners": provisioners,
			// Without it step-ca rejects tokens that were issued before its last reload.
			"disableIssuedAtCheck": true,
		},
		"logger": map[string]any{"format": "text"},
	}
	if c.KMS != "" {
		config["kms"] = map[string]any{"type": cmp.Or(c.KMSType, "scwkms"), "uri": c.KMS}
	}
	if c.SSHHostKey != "" {
		config["ssh"] = map[string]any{"hostKey": c.SSHHostKey, "userKey": c.SSHUserKey}
	}
	if c.Metrics != "" {
		config["metricsAddress"] = c.Metrics
	}
	if c.CRL {
		config["crl"] = map[string]any{"enabled": true, "generateOnRevoke": true}
		config["db"] = map[string]any{"type": "bbolt", "dataSource": filepath.Join(folder, "ca.db")}
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return nil, err
	}
	for path, content := range map[string][]byte{
		files.CA:       text,
		files.Root:     pki.PEM(c.Root),
		intermediate:   pki.PEM(c.Intermediate),
		files.Password: []byte(Password + "\n"),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (c *Config) provisioners(folder string) ([]map[string]any, error) {
	var all []map[string]any
	for _, name := range c.Provisioners {
		provisioner, err := jwkProvisioner(folder, name)
		if err != nil {
			return nil, fmt.Errorf("provisioner %s: %w", name, err)
		}
		all = append(all, provisioner)
	}
	return append(all, c.SCEP...), nil
}

// jwkProvisioner makes a provisioner, or returns the one that an earlier
// configuration in the folder has.
func jwkProvisioner(folder, name string) (map[string]any, error) {
	path := filepath.Join(folder, "provisioner-"+name+".json")
	var provisioner map[string]any
	if text, err := os.ReadFile(path); err == nil {
		return provisioner, json.Unmarshal(text, &provisioner)
	}
	public, private, err := jose.GenerateDefaultKeyPair([]byte(Password))
	if err != nil {
		return nil, err
	}
	encrypted, err := private.CompactSerialize()
	if err != nil {
		return nil, err
	}
	provisioner = map[string]any{
		"type":         "JWK",
		"name":         name,
		"key":          public.Public(),
		"encryptedKey": encrypted,
		"claims":       map[string]any{"enableSSHCA": true},
	}
	text, err := json.Marshal(provisioner)
	if err != nil {
		return nil, err
	}
	return provisioner, os.WriteFile(path, text, 0o600)
}
