package tools

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// patience is for one command: longer than any of them takes on a busy
// machine, short enough to end a run that hangs.
const patience = 2 * time.Minute

// Command is a program to run with an environment of its own.
type Command struct {
	Path string
	// Env is the whole environment.
	Env []string
	Dir string
}

// Run runs the command and returns its standard output. An error holds what
// it wrote to standard error.
func (c Command) Run(input []byte, args ...string) ([]byte, error) {
	stdout, _, err := c.Both(input, args...)
	return stdout, err
}

// Both is Run for programs whose standard error matters when they succeed.
func (c Command) Both(input []byte, args ...string) (stdout, stderr []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Path, args...)
	cmd.Env, cmd.Dir = c.Env, c.Dir
	cmd.Stdin = bytes.NewReader(input)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%s %s: %w: %s", filepath.Base(c.Path), strings.Join(args, " "), err, strings.TrimSpace(errors.String()))
	}
	return out.Bytes(), errors.Bytes(), err
}

// CleanEnv is this process's environment without what configures Scaleway's
// or step's tools, with a home folder of its own: nothing that the user has
// set up is read or written.
func CleanEnv(home string, extra ...string) []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "SCW_") || strings.HasPrefix(name, "SCALEWAY_") || strings.HasPrefix(name, "STEP") {
			continue
		}
		env = append(env, entry)
	}
	env = append(env, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "STEPPATH="+filepath.Join(home, ".step"))
	return append(env, extra...)
}
