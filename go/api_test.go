package scwkms_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exportedAPI returns the exported declarations of the package in a folder, as a build sees it:
// without comments, bodies of functions and unexported fields.
func exportedAPI(t *testing.T, context build.Context, folder string) []string {
	t.Helper()
	context.Compiler = "gc"
	found, err := context.ImportDir(folder, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declarations []string
	for _, name := range append(found.GoFiles, found.CgoFiles...) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, declaration := range file.Decls {
			if text := declarationText(t, declaration); !strings.HasPrefix(text, "import ") {
				declarations = append(declarations, text)
			}
		}
	}
	slices.Sort(declarations)
	return declarations
}

func declarationText(t *testing.T, declaration ast.Decl) string {
	t.Helper()
	ast.Inspect(declaration, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			n.Body = nil
		case *ast.StructType:
			n.Incomplete = false // otherwise the text mentions removed fields
		}
		return true
	})
	var text strings.Builder
	// Without positions the text does not depend on the layout of the file.
	if err := printer.Fprint(&text, token.NewFileSet(), declaration); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// A program compiles with every build of the package if it compiles with one.
func TestEveryBuildHasTheSameAPI(t *testing.T) {
	builds := map[string]build.Context{
		"without cgo":                {GOOS: "linux", GOARCH: "amd64"},
		"without scwkms":             {GOOS: "linux", GOARCH: "amd64", CgoEnabled: true, BuildTags: []string{"noscwkms"}},
		"without both":               {GOOS: "linux", GOARCH: "amd64", BuildTags: []string{"noscwkms"}},
		"for macOS":                  {GOOS: "darwin", GOARCH: "arm64"},
		"with the installed library": {GOOS: "linux", GOARCH: "amd64", CgoEnabled: true, BuildTags: []string{"scwkms_system"}},
		"for Linux on ARM":           {GOOS: "linux", GOARCH: "arm64", CgoEnabled: true},
	}
	for folder, expected := range map[string]string{
		".":             "func (s *Signer) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)",
		"internal/capi": "func Open(uri string) (Client, *Error)",
	} {
		want := exportedAPI(t, build.Context{GOOS: "linux", GOARCH: "amd64", CgoEnabled: true}, folder)
		if !slices.Contains(want, expected) {
			t.Errorf("%q is not in the API of %s: %q", expected, folder, want)
		}
		for name, context := range builds {
			got := exportedAPI(t, context, folder)
			for _, declaration := range difference(want, got) {
				t.Errorf("%s: a build %s lacks %s", folder, name, declaration)
			}
			for _, declaration := range difference(got, want) {
				t.Errorf("%s: only a build %s has %s", folder, name, declaration)
			}
		}
	}
}

// difference returns the texts of a list that another list lacks.
func difference(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return slices.Contains(other, text) })
}
