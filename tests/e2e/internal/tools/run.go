package tools

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scwkms/scwkms/go/scwkmstest"
)

// maxWait bounds the time of one command.
const maxWait = 2 * time.Minute

// Command is a program and its environment.
type Command struct {
	Path string
	// Env is the whole environment.
	Env []string
	Dir string
}

// Run runs the command and returns its standard output. An error contains its
// standard error.
func (c Command) Run(input []byte, args ...string) ([]byte, error) {
	stdout, _, err := c.Both(input, args...)
	return stdout, err
}

// Both runs the command and returns its standard output and standard error.
func (c Command) Both(input []byte, args ...string) (stdout, stderr []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
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

// CleanEnv returns this process's environment for programs that use the
// emulator: with the emulator's settings, and without any settings that the
// user has made for Scaleway's or step's tools.
func CleanEnv(service *scwkmstest.Emulator, home string) []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "STEP") })
	return append(service.Isolate(env, home), "STEPPATH="+filepath.Join(home, ".step"))
}
