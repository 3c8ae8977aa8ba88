package load

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// openLoop begins signatures at fixed times, whether earlier ones have ended or not.
type openLoop struct {
	*load
	isRateLimited func(error) bool
	mutex         sync.Mutex
	outcomes      outcomes
}

func newOpenLoop(l *load, isRateLimited func(error) bool) *openLoop {
	// In JSON an empty slice is a list, a nil one is null.
	none := [][2]int64{}
	return &openLoop{load: l, isRateLimited: isRateLimited, outcomes: outcomes{none, none, none}}
}

// outcomes are those of all signatures: the time of each one's end after the start, and its
// duration since its arrival, both in microseconds.
type outcomes struct {
	Delivered   [][2]int64 `json:"delivered"`
	RateLimited [][2]int64 `json:"rate_limited"`
	TimedOut    [][2]int64 `json:"timed_out"`
}

// run prints that it is ready. It begins when it reads a line, and prints the outcomes.
func (l *openLoop) run() {
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		Fail(err)
	}
	start := time.Now()
	var group sync.WaitGroup
	for i := range l.arrivals {
		arrival := start.Add(l.arrival(i))
		time.Sleep(time.Until(arrival))
		group.Go(func() { l.signAt(start, arrival) })
	}
	group.Wait()
	line, err := json.Marshal(l.outcomes)
	if err != nil {
		Fail(err)
	}
	fmt.Println(string(line))
}

// arrival returns the time from the start to the arrival of a signature.
func (a *Arguments) arrival(number int) time.Duration {
	if a.rate == 0 {
		return 0
	}
	return time.Duration((a.phase + float64(number)) / a.rate * float64(time.Second))
}

func (l *openLoop) signAt(start, arrival time.Time) {
	_, err := l.sign()
	now := time.Now()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	list := l.listOf(err)
	*list = append(*list, [2]int64{now.Sub(start).Microseconds(), now.Sub(arrival).Microseconds()})
}

// listOf returns the list for an outcome. Any other error ends the program.
func (l *openLoop) listOf(err error) *[][2]int64 {
	var timeout net.Error
	switch {
	case err == nil:
		return &l.outcomes.Delivered
	case l.isRateLimited(err):
		return &l.outcomes.RateLimited
	case errors.As(err, &timeout) && timeout.Timeout():
		return &l.outcomes.TimedOut
	}
	Fail(err)
	return nil
}
