package scwkmstest

import "testing"

// Test has methods of Emulator for one test: an error fails the test.
type Test struct {
	emulator *Emulator
	t        testing.TB
}

// In returns the methods for a test.
func (e *Emulator) In(t testing.TB) Test { return Test{e, t} }

func (c Test) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// Stats is Emulator.Stats.
func (c Test) Stats() Stats {
	c.t.Helper()
	stats, err := c.emulator.Stats()
	c.must(err)
	return stats
}

// ResetStats is Emulator.ResetStats.
func (c Test) ResetStats() {
	c.t.Helper()
	c.must(c.emulator.ResetStats())
}

// Requests is Emulator.Requests.
func (c Test) Requests() []Request {
	c.t.Helper()
	requests, err := c.emulator.Requests()
	c.must(err)
	return requests
}

// Fail is Emulator.Fail. All faults are cleared when the test ends.
func (c Test) Fail(operation string, times int, fault Fault) {
	c.t.Helper()
	c.t.Cleanup(c.ClearFaults)
	c.must(c.emulator.Fail(operation, times, fault))
}

// FailRandomly is Emulator.FailRandomly. All faults are cleared when the test ends.
func (c Test) FailRandomly(operation string, probability float64, faults ...Fault) {
	c.t.Helper()
	c.t.Cleanup(c.ClearFaults)
	c.must(c.emulator.FailRandomly(operation, probability, faults...))
}

// ClearFaults is Emulator.ClearFaults.
func (c Test) ClearFaults() {
	c.t.Helper()
	c.must(c.emulator.ClearFaults())
}

// SetKeyState is Emulator.SetKeyState.
func (c Test) SetKeyState(id, state string) {
	c.t.Helper()
	c.must(c.emulator.SetKeyState(id, state))
}

// KeyManager is Emulator.KeyManager.
func (c Test) KeyManager(method, region, path string, body, out any) {
	c.t.Helper()
	c.must(c.emulator.KeyManager(method, region, path, body, out))
}

// Admin is Emulator.Admin.
func (c Test) Admin(method, path string, body, out any) {
	c.t.Helper()
	c.must(c.emulator.Admin(method, path, body, out))
}

// Send is Emulator.Send.
func (c Test) Send(method, address, token string, body any) *Response {
	c.t.Helper()
	response, err := c.emulator.Send(method, address, token, body)
	c.must(err)
	return response
}
