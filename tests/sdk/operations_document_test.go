package sdk

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const operationsDocument = "../../docs/service-operations.md"

// symbols describes the functions of one interface of scwkms: a column of the document.
type symbols struct {
	// files are the sources, relative to this folder.
	files []string
	// declaration matches the declaration of a function. The first group is its name.
	declaration *regexp.Regexp
	// spelling returns the name as the document writes it. It is nil if that is the name in the source.
	spelling func(name string) string
	// asynchronous returns the name of a function's asynchronous form. It is nil if there is none.
	asynchronous func(name string) string
}

// columns are the interfaces, by the first word of the column's title. The test checks those that the document has.
var columns = map[string]symbols{
	"Rust": {
		files:        []string{"../../src/client/*.rs"},
		declaration:  regexp.MustCompile(`(?m)^    pub fn (\w+)\(`),
		asynchronous: func(name string) string { return "start_" + name },
	},
	"C": {
		files:        []string{"../../include/scwkms.h"},
		declaration:  regexp.MustCompile(`(?m)^int32_t (\w+)\(`),
		asynchronous: func(name string) string { return name + "_async" },
	},
	"C++": {
		files:       []string{"../../include/scwkms*.hpp"},
		declaration: regexp.MustCompile(`(?m)^\s+(?:\[\[nodiscard\]\] )?[\w:&<> ]+ (\w+)\(`),
	},
	"Go": {
		files:       []string{"../../go/*.go"},
		declaration: regexp.MustCompile(`(?m)^func \(\w+ \*\w+\) (\w+)\(`),
	},
	"Python": {
		files:       []string{"../../python/src/scwkms/client.py"},
		declaration: regexp.MustCompile(`(?m)^    def (\w+)\(`),
	},
	"Command": {
		files:       []string{"../../command/src/main.rs"},
		declaration: regexp.MustCompile(`(?m)^        Command::(\w+)\(command\)`),
		spelling: func(name string) string {
			return strings.ToLower(regexp.MustCompile("([a-z])([A-Z])").ReplaceAllString(name, "$1-$2"))
		},
	},
}

// required are the columns that the document must have.
var required = []string{"Rust", "C", "C++", "Go", "Python", "Command"}

// operationsTable has the titles of the columns, and the rows.
type operationsTable struct {
	titles []string
	rows   [][]string
}

func operationTable(t *testing.T) operationsTable {
	t.Helper()
	text, err := os.ReadFile(operationsDocument)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<!-- operations: begin -->")
	content, _, found := strings.Cut(rest, "<!-- operations: end -->")
	lines := strings.Split(strings.TrimSpace(content), "\n")
	if !found || len(lines) < 3 {
		t.Fatal("the document has no table between its markers")
	}
	var all [][]string
	for _, line := range lines {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, cells)
	}
	return operationsTable{all[0], all[2:]}
}

// column returns the cells below a title that begins with a word, by operation.
func (d operationsTable) column(t *testing.T, word string) map[string]string {
	t.Helper()
	i := slices.IndexFunc(d.titles, func(title string) bool { return firstWord(title) == word })
	if i < 0 {
		t.Fatalf("the document has no column for %s", word)
	}
	cells := map[string]string{}
	for _, row := range d.rows {
		if len(row) != len(d.titles) {
			t.Fatalf("a row has %d cells, not %d: %v", len(row), len(d.titles), row)
		}
		cells[row[0]] = row[i]
	}
	return cells
}

func firstWord(title string) string {
	word, _, _ := strings.Cut(title, " ")
	return strings.TrimSuffix(word, ":")
}

// declared returns the names of the functions that an interface declares.
func (s symbols) declared(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range s.files {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no file %s: %v", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range s.declaration.FindAllStringSubmatch(string(source), -1) {
				name := m[1]
				if s.spelling != nil {
					name = s.spelling(name)
				}
				names = append(names, name)
			}
		}
	}
	return names
}

var span = regexp.MustCompile("`([^`]+)`")

// named returns the names in a cell. An empty cell is "–" with a reason.
func named(t *testing.T, what, cell string) []string {
	t.Helper()
	var names []string
	for _, m := range span.FindAllStringSubmatch(cell, -1) {
		names = append(names, m[1])
	}
	if reason, empty := strings.CutPrefix(cell, "–"); empty {
		if strings.TrimSpace(reason) == "" {
			t.Errorf("%s: the cell has no reason", what)
		}
		return nil
	}
	if len(names) == 0 {
		t.Errorf("%s: the cell names no function", what)
	}
	return names
}

func TestTheDocumentHasTheOperationsOfTheSDK(t *testing.T) {
	t.Parallel()
	d := operationTable(t)
	var listed []string
	for _, row := range d.rows {
		listed = append(listed, row[0])
	}
	slices.Sort(listed)
	sdk := operations()
	slices.Sort(sdk)
	checkEqual(t, "operations", listed, sdk)
}

func TestTheDocumentNamesExistingFunctions(t *testing.T) {
	t.Parallel()
	d := operationTable(t)
	for _, title := range d.titles[1:] {
		if _, ok := columns[firstWord(title)]; !ok {
			t.Errorf("no check of the column %q", title)
		}
	}
	for word, s := range columns {
		has := slices.ContainsFunc(d.titles, func(title string) bool { return firstWord(title) == word })
		if !has && !slices.Contains(required, word) {
			continue
		}
		checkColumn(t, word, d.column(t, word), s)
	}
}

func checkColumn(t *testing.T, word string, cells map[string]string, s symbols) {
	t.Helper()
	declared := s.declared(t)
	var asynchronous []string
	for operation, cell := range cells {
		for _, name := range named(t, operation+" in "+word, cell) {
			wanted := []string{name}
			if s.asynchronous != nil {
				wanted = append(wanted, s.asynchronous(name))
				asynchronous = append(asynchronous, s.asynchronous(name))
			}
			for _, name := range wanted {
				if !slices.Contains(declared, name) {
					t.Errorf("%s: %s has no function %s", operation, word, name)
				}
			}
		}
	}
	checkNoneIsMissing(t, word, declared, asynchronous)
}

// checkNoneIsMissing checks that the document has all functions with an asynchronous form. These are the operations.
func checkNoneIsMissing(t *testing.T, word string, declared, asynchronous []string) {
	t.Helper()
	if len(asynchronous) == 0 {
		return
	}
	form := regexp.MustCompile("^start_|_async$")
	for _, name := range declared {
		if form.MatchString(name) && !slices.Contains(asynchronous, name) {
			t.Errorf("the document does not have %s of %s", name, word)
		}
	}
}
