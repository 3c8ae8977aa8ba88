package sdk

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain fails a full run in which some operation of the SDK never succeeded: only when all tests are
// done is it known which ones did.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if common.emulator != nil {
		if err := common.stop(); err != nil {
			fmt.Println("FAIL:", err)
			code = 1
		}
	}
	if code == 0 && fullRun() {
		for _, name := range uncalled(&calls) {
			fmt.Printf("FAIL: no test calls the SDK's %s with success\n", name)
			code = 1
		}
	}
	os.Exit(code)
}

// fullRun tells whether the command line left all tests in.
func fullRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}
