package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scaleway/scaleway-sdk-go/scw"
)

// A settingsTable is a file of the folder settings. The library's test src/config/tests/sdk_cases.rs runs the cases too.
//
// In the values {home} is the folder of the case, and {ff} a byte that UTF-8 does not contain.
type settingsTable struct {
	About    string
	Defaults struct {
		Environment map[string]*string
		Expected    map[string]string
	}
	Cases []settingsCase
}

type settingsCase struct {
	Name string
	// Environment has the variables. Null unsets one.
	Environment map[string]*string
	// File has the lines of the file at the default path, Files those of other files.
	File  []string
	Files map[string][]string
	// Expected has the settings that differ from the defaults, or a part of an error of the library.
	Expected map[string]string
	// SDK has the result of the SDK where it differs deliberately, for the Reason.
	SDK    map[string]string
	Reason string
}

const defaultAPIURL = "https://api.scaleway.com"

// TestSettings checks that the expectations of the library's settings agree with the SDK.
func TestSettings(t *testing.T) {
	paths, err := filepath.Glob("settings/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, path := range paths {
		table := readTable(t, path)
		for _, c := range table.Cases {
			t.Run(filepath.Base(path)+"/"+c.Name, func(t *testing.T) { c.check(t, table) })
		}
	}
}

func readTable(t *testing.T, path string) settingsTable {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	var table settingsTable
	if err := decoder.Decode(&table); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return table
}

func (c settingsCase) check(t *testing.T, table settingsTable) {
	home := t.TempDir()
	c.writeFiles(t, home)
	c.setEnvironment(t, table, home)
	got := sdkOutcome()
	if c.SDK == nil {
		if c.Expected["error"] != "" {
			if got["error"] == "" {
				t.Errorf("the SDK accepts it: %v", got)
			}
			return
		}
		want := maps.Clone(table.Defaults.Expected)
		if want == nil {
			want = map[string]string{}
		}
		maps.Copy(want, c.Expected)
		checkOutcome(t, got, want)
		return
	}
	if c.Reason == "" {
		t.Error("the case has no reason for the difference")
	}
	for _, kind := range []string{"error", "panic"} {
		if part := c.SDK[kind]; part != "" {
			if !strings.Contains(got[kind], part) {
				t.Errorf("the SDK: %v, not an %s with %q", got, kind, part)
			}
			return
		}
	}
	want := maps.Clone(c.SDK)
	for name, value := range want {
		want[name] = expand(value, home)
	}
	checkOutcome(t, got, want)
}

func checkOutcome(t *testing.T, got, want map[string]string) {
	if !maps.Equal(got, want) {
		t.Errorf("the SDK: %v, not %v", got, want)
	}
}

func (c settingsCase) writeFiles(t *testing.T, home string) {
	files := maps.Clone(c.Files)
	if files == nil {
		files = map[string][]string{}
	}
	if c.File != nil {
		files["{home}/.config/scw/config.yaml"] = c.File
	}
	for path, lines := range files {
		path = expand(path, home)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(append(lines, ""), "\n")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// setEnvironment sets the variables of the case and unsets all others that the SDK reads.
func (c settingsCase) setEnvironment(t *testing.T, table settingsTable, home string) {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "SCW_") || strings.HasPrefix(name, "SCALEWAY_") || name == "XDG_CONFIG_HOME" {
			unset(t, name)
		}
	}
	t.Setenv("HOME", home)
	for _, variables := range []map[string]*string{table.Defaults.Environment, c.Environment} {
		for name, value := range variables {
			if value == nil {
				unset(t, name)
			} else {
				t.Setenv(name, expand(*value, home))
			}
		}
	}
}

// unset unsets a variable until the end of the test.
func unset(t *testing.T, name string) {
	t.Setenv(name, "")
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

func expand(text, home string) string {
	return strings.NewReplacer("{home}", home, "{ff}", "\xff").Replace(text)
}

// sdkOutcome returns the settings of a client of the SDK that differ from the defaults, an error or a panic.
func sdkOutcome() (outcome map[string]string) {
	defer func() {
		if p := recover(); p != nil {
			outcome = map[string]string{"panic": fmt.Sprint(p)}
		}
	}()
	profile, err := loadProfile()
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	client, err := scw.NewClient(scw.WithProfile(profile))
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return outcomeOf(client, profile)
}

// loadProfile loads the settings as scw does: those of the environment over those of the file's active profile. It is
// no error that the file does not exist.
func loadProfile() (*scw.Profile, error) {
	environment := scw.LoadEnvProfile()
	config, err := scw.LoadConfig()
	var notFound *scw.ConfigFileNotFoundError
	if errors.As(err, &notFound) {
		return environment, nil
	}
	if err != nil {
		return nil, err
	}
	active, err := config.GetActiveProfile()
	if err != nil {
		return nil, err
	}
	return scw.MergeProfiles(active, environment), nil
}

func outcomeOf(client *scw.Client, profile *scw.Profile) map[string]string {
	outcome := map[string]string{}
	set := func(name, value string, exists bool) {
		if exists && value != "" {
			outcome[name] = value
		}
	}
	region, exists := client.GetDefaultRegion()
	set("region", region.String(), exists)
	value, exists := client.GetAccessKey()
	set("access_key", value, exists)
	value, exists = client.GetSecretKey()
	set("secret_key", value, exists)
	value, exists = client.GetDefaultProjectID()
	set("project_id", value, exists)
	value, exists = client.GetDefaultOrganizationID()
	set("organization_id", value, exists)
	if profile.UserAgent != nil {
		set("user_agent", *profile.UserAgent, true)
	}
	if profile.APIURL != nil {
		set("api_url", *profile.APIURL, *profile.APIURL != defaultAPIURL)
	}
	set("insecure", "true", profile.Insecure != nil && *profile.Insecure)
	return outcome
}
