package scwkmstest

import (
	"net/url"
	"path/filepath"
	"strings"
)

// URI returns a scwkms URI of names and values, which alternate: URI("name", "root") is
// "scwkms:name=root".
func URI(namesAndValues ...string) string {
	values := url.Values{}
	for i := 0; i < len(namesAndValues); i += 2 {
		values.Set(namesAndValues[i], namesAndValues[i+1])
	}
	return "scwkms:" + strings.ReplaceAll(values.Encode(), "&", ";")
}

// ClientURI returns the URI of a client that takes its other settings from the environment (see
// Environ). It contains the emulator's certificate authority, and the given names and values.
func (e *Emulator) ClientURI(namesAndValues ...string) string {
	if e.CAFile != "" {
		namesAndValues = append([]string{"ca-file", e.CAFile}, namesAndValues...)
	}
	return URI(namesAndValues...)
}

// FullURI returns the URI of a client that needs no environment. It contains all settings, including
// the secret key, and the given names and values.
func (e *Emulator) FullURI(namesAndValues ...string) string {
	return e.ClientURI(append([]string{
		"api-url", e.URL, "access-key", e.AccessKey, "secret-key", e.SecretKey, "project-id", e.ProjectID, "region", e.Region,
	}, namesAndValues...)...)
}

// Environ returns the variables of the emulator in the form NAME=VALUE. scwkms and all of Scaleway's
// tools read them, except SCWKMS_CA_FILE, which only scwkms reads.
func (e *Emulator) Environ() []string {
	environ := []string{
		"SCW_API_URL=" + e.URL,
		"SCW_ACCESS_KEY=" + e.AccessKey,
		"SCW_SECRET_KEY=" + e.SecretKey,
		"SCW_DEFAULT_PROJECT_ID=" + e.ProjectID,
		"SCW_DEFAULT_ORGANIZATION_ID=" + e.OrganizationID,
		"SCW_DEFAULT_REGION=" + e.Region,
	}
	if e.CAFile != "" {
		environ = append(environ, "SCWKMS_CA_FILE="+e.CAFile)
	}
	return environ
}

// Isolate returns an environment such as os.Environ() with the emulator's variables, with home as
// the home folder, and without Scaleway's variables and proxies: a program that runs in it uses
// nothing that the user has configured, and only the emulator.
func (e *Emulator) Isolate(environ []string, home string) []string {
	var kept []string
	for _, entry := range environ {
		if name, _, _ := strings.Cut(entry, "="); !replaced(strings.ToUpper(name)) {
			kept = append(kept, entry)
		}
	}
	kept = append(kept, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"))
	return append(kept, e.Environ()...)
}

func replaced(name string) bool {
	return strings.HasPrefix(name, "SCW_") || strings.HasPrefix(name, "SCALEWAY_") || strings.HasSuffix(name, "_PROXY") ||
		name == "SCWKMS_CA_FILE" || name == "HOME" || name == "XDG_CONFIG_HOME"
}
