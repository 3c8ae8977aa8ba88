package sdk

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain fails a complete run in which an operation of the SDK never succeeded.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if sharedEmulator.Emulator != nil {
		if err := sharedEmulator.Stop(); err != nil {
			fmt.Println("FAIL:", err)
			code = 1
		}
	}
	if code == 0 && isCompleteRun() {
		for _, name := range withoutSuccess(&succeeded) {
			fmt.Printf("FAIL: the SDK's operation %s succeeds in no test\n", name)
			code = 1
		}
	}
	os.Exit(code)
}

// isCompleteRun reports whether the command line selects all tests.
func isCompleteRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}
