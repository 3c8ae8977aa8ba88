package stepca

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxWait bounds the time in which the CA starts, reloads or stops.
const maxWait = time.Minute

// serving is in the line that step-ca logs when its port is open, and after each
// reload.
const serving = "Serving HTTPS on"

// notReloaded is in the line that step-ca logs when it keeps its old
// configuration.
const notReloaded = "error reloading server"

// Server is a running step-ca.
type Server struct {
	URL    string
	Files  *Files
	config *Config
	folder string

	command *exec.Cmd
	served  chan bool     // true for each serving line, false for each notReloaded line
	ended   chan struct{} // closed when the process has ended

	stop    sync.Once
	stopErr error

	mutex sync.Mutex
	log   strings.Builder
	err   error // how the process ended
}

// Start starts a step-ca with its configuration in the folder, and returns
// when it serves.
func Start(program string, env []string, folder string, config *Config) (*Server, error) {
	// step-ca does not log which port it got for port 0. Thus a free port is
	// selected first. Another program can take it before step-ca does.
	const maxAttempts = 5
	for attempt := 1; ; attempt++ {
		server, err := start(program, env, folder, config)
		if err != nil && attempt < maxAttempts && strings.Contains(err.Error(), "address already in use") {
			continue
		}
		return server, err
	}
}

func start(program string, env []string, folder string, config *Config) (*Server, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	files, err := config.Write(folder, address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL:    "https://" + address,
		Files:  files,
		config: config,
		folder: folder,
		served: make(chan bool, 16),
		ended:  make(chan struct{}),
	}
	s.command = exec.Command(program, files.CA, "--password-file", files.Password)
	s.command.Env = env
	s.command.SysProcAttr = diesWithParent()
	reader, writer := io.Pipe()
	s.command.Stdout, s.command.Stderr = writer, writer
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("starting step-ca: %w", err)
	}
	go s.read(reader)
	go func() {
		s.err = s.command.Wait()
		writer.Close()
	}()
	if err := s.waitServing("start"); err != nil {
		s.command.Process.Kill()
		<-s.ended
		return nil, err
	}
	return s, nil
}

// FreeAddress returns an address on loopback with a free port.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// read collects the log and reports the lines that end a start or a reload.
func (s *Server) read(output io.Reader) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		s.mutex.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mutex.Unlock()
		if serves := strings.Contains(lines.Text(), serving); serves || strings.Contains(lines.Text(), notReloaded) {
			s.served <- serves
		}
	}
	close(s.ended)
}

func (s *Server) waitServing(action string) error {
	select {
	case serves := <-s.served:
		if !serves {
			return fmt.Errorf("step-ca did not %s; its log contains the reason", action)
		}
		return nil
	case <-s.ended:
		return fmt.Errorf("step-ca did not %s: %w\n%s", action, s.err, s.Log())
	case <-time.After(maxWait):
		return fmt.Errorf("step-ca did not %s within %s\n%s", action, maxWait, s.Log())
	}
}

// Log returns the log. It is complete when Stop has returned.
func (s *Server) Log() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.log.String()
}

// Reload changes the configuration and makes step-ca read it. It returns when
// step-ca serves with the new configuration.
func (s *Server) Reload(change func(*Config)) error {
	change(s.config)
	if _, err := s.config.Write(s.folder, strings.TrimPrefix(s.URL, "https://")); err != nil {
		return err
	}
	if err := s.command.Process.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	return s.waitServing("reload")
}

// Stop stops step-ca with SIGTERM, as an init system does. It returns an error if
// step-ca does not end cleanly. Further calls return the result of the first.
func (s *Server) Stop() error {
	s.stop.Do(func() { s.stopErr = s.end() })
	return s.stopErr
}

func (s *Server) end() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(maxWait):
		return errors.Join(fmt.Errorf("step-ca did not stop within %s", maxWait), s.command.Process.Kill())
	}
	if s.err != nil {
		return fmt.Errorf("step-ca: %w\n%s", s.err, s.Log())
	}
	return nil
}
