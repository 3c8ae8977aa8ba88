// Package load is shared by the load programs in Go: the arguments, the closed loop of N goroutines, the open loop, and the
// results as a line of JSON.
package load

import (
	"crypto"
	"flag"
	"fmt"
	"os"
	"time"
)

// Latencies are stored in memory that is allocated beforehand, so their number is limited.
const signaturesLimit = 1_000_000

// Arguments are the options of a load program.
type Arguments struct {
	Key         string
	Verify      bool
	goVerify    bool
	concurrency int
	signatures  int
	warmUp      int
	duration    time.Duration
	pss         bool
	// Of an open loop.
	arrivals int
	rate     float64
	phase    float64
}

// Parse reads the command line.
func Parse() *Arguments {
	var a Arguments
	seconds := flag.Float64("seconds", 0, "end after this number of `seconds`, or when all signatures are made")
	flag.StringVar(&a.Key, "key", "", "`id` of the key")
	flag.BoolVar(&a.Verify, "verify", false, "verify the signatures with the library")
	flag.BoolVar(&a.goVerify, "go-verify", false, "verify the signatures with Go's cryptography")
	flag.BoolVar(&a.pss, "pss", false, "request PSS signatures from an RSA key")
	flag.IntVar(&a.concurrency, "concurrency", 1, "`number` of goroutines")
	flag.IntVar(&a.signatures, "signatures", signaturesLimit, "maximum `number` of signatures")
	flag.IntVar(&a.warmUp, "warm-up", 100, "`number` of signatures before the measured ones")
	flag.IntVar(&a.arrivals, "arrivals", 0, "run an open loop with this `number` of signatures")
	flag.Float64Var(&a.rate, "rate", 0, "`number` of signatures per second in an open loop; 0: all at once")
	flag.Float64Var(&a.phase, "phase", 0, "`part` of the time between two signatures before the first one in an open loop")
	flag.Parse()
	if a.Key == "" || a.concurrency < 1 || a.signatures < 1 || a.signatures > signaturesLimit || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	a.duration = time.Duration(*seconds * float64(time.Second))
	return &a
}

// Setting returns an environment variable. It ends the program if the variable is not set.
func Setting(name string) string {
	value, ok := os.LookupEnv(name)
	if !ok {
		Fail(fmt.Errorf("%s is not set: scwkms-emulator --env prints it", name))
	}
	return value
}

// Fail prints the error and ends the program.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// digest returns the digest that all load programs sign.
func digest(hash crypto.Hash) []byte {
	digest := make([]byte, hash.Size())
	for i := range digest {
		digest[i] = 0x5a
	}
	return digest
}
