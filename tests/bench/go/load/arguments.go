// Package load is what the load programs in Go have in common: arguments, the closed loop of N
// goroutines, and the line of JSON at its end.
package load

import (
	"crypto"
	"flag"
	"fmt"
	"os"
	"time"
)

// Latencies are kept in memory that is there before, so their number has an end.
const signaturesLimit = 1_000_000

// Arguments are what a load program is told.
type Arguments struct {
	Key         string
	Verify      bool
	goVerify    bool
	concurrency int
	signatures  int
	warmUp      int
	duration    time.Duration
	pss         bool
}

// Parse reads the command line.
func Parse() *Arguments {
	var a Arguments
	seconds := flag.Float64("seconds", 0, "end after so many `seconds`, if the signatures have not ended before")
	flag.StringVar(&a.Key, "key", "", "`id` of the key")
	flag.BoolVar(&a.Verify, "verify", false, "have the library verify its signatures")
	flag.BoolVar(&a.goVerify, "go-verify", false, "verify the signatures with Go's cryptography")
	flag.BoolVar(&a.pss, "pss", false, "ask an RSA key for PSS")
	flag.IntVar(&a.concurrency, "concurrency", 1, "`number` of goroutines")
	flag.IntVar(&a.signatures, "signatures", signaturesLimit, "`number` of signatures, at most")
	flag.IntVar(&a.warmUp, "warm-up", 100, "`number` of signatures before those that are measured")
	flag.Parse()
	if a.Key == "" || a.concurrency < 1 || a.signatures < 1 || a.signatures > signaturesLimit || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	a.duration = time.Duration(*seconds * float64(time.Second))
	return &a
}

// Setting is the value of an environment variable that must be set.
func Setting(name string) string {
	value, ok := os.LookupEnv(name)
	if !ok {
		Fail(fmt.Errorf("%s is not set: scwkms-emulator --env prints it", name))
	}
	return value
}

// Fail ends the program.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// The digest that all load programs have signed.
func digest(hash crypto.Hash) []byte {
	digest := make([]byte, hash.Size())
	for i := range digest {
		digest[i] = 0x5a
	}
	return digest
}
