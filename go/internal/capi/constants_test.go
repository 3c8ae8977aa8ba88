package capi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// constants returns the numbers of constants.go by their names in the C header, without underscores.
func constants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "constants.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if constant, ok := node.(*ast.ValueSpec); ok {
			numbers["SCWKMS"+strings.ToUpper(constant.Names[0].Name)] = constant.Values[0].(*ast.BasicLit).Value
		}
		return true
	})
	return numbers
}

func TestConstantsAreThoseOfTheHeader(t *testing.T) {
	header, err := os.ReadFile(filepath.Join(os.Getenv("SCWKMS_INCLUDE_DIR"), "scwkms.h"))
	if err != nil {
		t.Fatalf("SCWKMS_INCLUDE_DIR must name the folder of scwkms.h; `make test-go` sets it: %v", err)
	}
	want := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^#define (SCWKMS_\w+) (\d+)$`).FindAllStringSubmatch(string(header), -1) {
		want[strings.ReplaceAll(match[1], "_", "")] = match[2]
	}
	numbers := constants(t)
	if len(numbers) != 48 {
		t.Errorf("constants.go has %d constants, not 48", len(numbers))
	}
	for name, number := range numbers {
		if want[name] != number {
			t.Errorf("%s is %s, but %q in scwkms.h", name, number, want[name])
		}
	}
}
