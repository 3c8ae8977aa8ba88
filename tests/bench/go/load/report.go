package load

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

type report struct {
	latencies []time.Duration
	elapsed   time.Duration
	processor time.Duration
	mallocs   uint64
	threads   int
	digest    []byte
	signature []byte
}

func print(r *report) {
	peak := fromStatus("VmHWM:")
	slices.Sort(r.latencies)
	count := float64(len(r.latencies))
	line, err := json.Marshal(map[string]any{
		"signatures":           len(r.latencies),
		"seconds":              r.elapsed.Seconds(),
		"p50_us":               r.percentile(50),
		"p99_us":               r.percentile(99),
		"cpu_us_per_signature": micros(r.processor) / count,
		"peak_rss_kib":         peak,
		"threads":              r.threads,
		// Go's own allocations. The benchmark counts those of C and Rust separately.
		"go_allocations_per_signature": float64(r.mallocs) / count,
		"digest_hex":                   hex.EncodeToString(r.digest),
		"signature_hex":                hex.EncodeToString(r.signature),
	})
	if err != nil {
		Fail(err)
	}
	fmt.Println(string(line))
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// percentile returns the nearest rank: the smallest latency that this share of the signatures does not exceed.
func (r *report) percentile(percent int) float64 {
	rank := (len(r.latencies)*percent + 99) / 100
	return micros(r.latencies[max(rank, 1)-1])
}

// processorTime returns the process's user and system time on all processors.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		Fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// sampleThreads observes the number of threads until stop is called, which returns the largest.
func sampleThreads() (stop func() int) {
	var most atomic.Int64
	look := func() { most.Store(max(most.Load(), int64(fromStatus("Threads:")))) }
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-ticker.C:
				look()
			}
		}
	}()
	return func() int {
		close(stopped)
		<-ended
		look()
		return int(most.Load())
	}
}

// fromStatus returns a number of /proc/self/status.
func fromStatus(name string) int {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		Fail(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok {
			continue
		}
		if number, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil {
			return number
		}
	}
	Fail(fmt.Errorf("no %s in /proc/self/status", name))
	return 0
}
