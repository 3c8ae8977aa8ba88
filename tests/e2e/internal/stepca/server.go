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

// patience is for the CA to start, reload or stop.
const patience = time.Minute

// serving is what step-ca logs once its port is open, and again after each
// reload.
const serving = "Serving HTTPS on"

// refusing is what it logs when it goes on with its old configuration.
const refusing = "error reloading server"

// Server is a step-ca that runs.
type Server struct {
	URL    string
	Files  *Files
	config *Config
	folder string

	command *exec.Cmd
	served  chan bool     // for each line that says serving, or that it refuses to
	ended   chan struct{} // closed when the process is gone

	stop    sync.Once
	stopErr error

	mutex sync.Mutex
	log   strings.Builder
	err   error // how the process ended
}

// Start starts a step-ca with its configuration in the folder, and returns
// once it serves.
func Start(program string, env []string, folder string, config *Config) (*Server, error) {
	// step-ca does not tell which port it was given for port 0, so a free one
	// is found first; another program may take it meanwhile, hence the tries.
	const tries = 5
	for try := 1; ; try++ {
		server, err := start(program, env, folder, config)
		if err != nil && try < tries && strings.Contains(err.Error(), "address already in use") {
			continue
		}
		return server, err
	}
}

func start(program string, env []string, folder string, config *Config) (*Server, error) {
	address, err := freeAddress()
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

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// read keeps the log and looks out for the lines that tell of a start.
func (s *Server) read(output io.Reader) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		s.mutex.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mutex.Unlock()
		if now := strings.Contains(lines.Text(), serving); now || strings.Contains(lines.Text(), refusing) {
			s.served <- now
		}
	}
	close(s.ended)
}

func (s *Server) waitServing(what string) error {
	select {
	case now := <-s.served:
		if !now {
			return fmt.Errorf("step-ca did not %s; its log says why", what)
		}
		return nil
	case <-s.ended:
		return fmt.Errorf("step-ca did not %s: %w\n%s", what, s.err, s.Log())
	case <-time.After(patience):
		return fmt.Errorf("step-ca did not %s within %s\n%s", what, patience, s.Log())
	}
}

// Log is what step-ca has written so far: all, once Stop has returned.
func (s *Server) Log() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.log.String()
}

// Reload rewrites the configuration and has step-ca read it again. It returns
// once the new configuration serves.
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

// Stop ends step-ca as an init system does, and fails if it does not end
// cleanly. A second call tells what the first did.
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
	case <-time.After(patience):
		return errors.Join(fmt.Errorf("step-ca did not stop within %s", patience), s.command.Process.Kill())
	}
	if s.err != nil {
		return fmt.Errorf("step-ca: %w\n%s", s.err, s.Log())
	}
	return nil
}
