// goproxy FOLDER VERSION TIME PROXY: writes the module in FOLDER to the folder PROXY, in the layout of a Go module proxy, and
// prints the module's lines for go.sum. TIME is the time of the version, in seconds since 1970.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "goproxy:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 4 {
		return fmt.Errorf("usage: goproxy FOLDER VERSION TIME PROXY")
	}
	seconds, err := strconv.ParseInt(arguments[2], 10, 64)
	if err != nil {
		return err
	}
	release, err := newRelease(arguments[0], arguments[1], time.Unix(seconds, 0).UTC())
	if err != nil {
		return err
	}
	folder, err := release.proxyFolder(arguments[3])
	if err != nil {
		return err
	}
	if err := release.write(folder); err != nil {
		return err
	}
	return release.printSums(folder)
}

// release is a version of a module.
type release struct {
	folder, path, version string
	goMod                 []byte
	time                  time.Time
}

func newRelease(folder, version string, t time.Time) (*release, error) {
	goMod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return nil, err
	}
	path := modfile.ModulePath(goMod)
	return &release{folder, path, version, goMod, t}, module.Check(path, version)
}

// proxyFolder returns the folder of the module's versions below the folder of the proxy.
func (r *release) proxyFolder(proxy string) (string, error) {
	path, err := module.EscapePath(r.path)
	if err != nil {
		return "", err
	}
	return filepath.Join(proxy, filepath.FromSlash(path), "@v"), nil
}

// write writes the files that the go command requests.
func (r *release) write(folder string) error {
	info, err := json.Marshal(map[string]any{"Version": r.version, "Time": r.time})
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, module.Version{Path: r.path, Version: r.version}, r.folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"list":              []byte(r.version + "\n"),
		r.version + ".info": info,
		r.version + ".mod":  r.goMod,
		r.version + ".zip":  archive.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// printSums prints the lines of go.sum.
func (r *release) printSums(folder string) error {
	sum, err := dirhash.HashZip(filepath.Join(folder, r.version+".zip"), dirhash.Hash1)
	if err != nil {
		return err
	}
	goModSum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(r.goMod)), nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s %s %s\n%s %s/go.mod %s\n", r.path, r.version, sum, r.path, r.version, goModSum)
	return nil
}
