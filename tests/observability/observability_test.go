package observability

import (
	"context"
	"crypto"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/scwkmstest"
)

// events are one of each kind.
var events = []scwkms.Event{
	{Kind: scwkms.EventOperation, Operation: "sign", Requests: 1, Attempts: 3, HTTPStatus: 200, Duration: time.Second},
	{Kind: scwkms.EventOperation, Operation: "sign", Requests: 1, Attempts: 1, Code: scwkms.CodeNotFound, Message: "no key", Duration: time.Second},
	{Kind: scwkms.EventWarning, Message: "insecure"},
	{Kind: scwkms.EventConnectionOpened},
	{Kind: scwkms.EventConnectionFailed, Code: scwkms.CodeNetwork, Message: "no route"},
	{Kind: scwkms.EventConnectionClosed},
	{Kind: scwkms.EventConnectionClosed, Message: "the connection broke"},
	{Kind: scwkms.EventPaced, Duration: 2 * time.Second},
	{Kind: scwkms.EventRateLimited},
	{Kind: scwkms.EventsDropped, Dropped: 7},
}

func TestPrometheus(t *testing.T) {
	registry := prometheus.NewRegistry()
	observer := NewPrometheus(registry)
	for _, e := range events {
		observer.Observe(e)
	}
	const want = `
# HELP scwkms_connections_total Connections that were opened, closed, lost, or that failed.
# TYPE scwkms_connections_total counter
scwkms_connections_total{event="closed"} 1
scwkms_connections_total{event="failed"} 1
scwkms_connections_total{event="lost"} 1
scwkms_connections_total{event="opened"} 1
# HELP scwkms_events_dropped_total Events that were lost because the observer was too slow.
# TYPE scwkms_events_dropped_total counter
scwkms_events_dropped_total 7
# HELP scwkms_pacing_seconds_total Time during which requests waited because of the rate limit.
# TYPE scwkms_pacing_seconds_total counter
scwkms_pacing_seconds_total 2
# HELP scwkms_rate_limited_total Requests that the service refused because of its rate limit.
# TYPE scwkms_rate_limited_total counter
scwkms_rate_limited_total 1
# HELP scwkms_retries_total Repeated attempts, by operation.
# TYPE scwkms_retries_total counter
scwkms_retries_total{operation="sign"} 2
# HELP scwkms_warnings_total Warnings.
# TYPE scwkms_warnings_total counter
scwkms_warnings_total 1
`
	names := []string{"scwkms_connections_total", "scwkms_events_dropped_total", "scwkms_pacing_seconds_total", "scwkms_rate_limited_total", "scwkms_retries_total", "scwkms_warnings_total"}
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	if count := testutil.CollectAndCount(observer.operations); count != 2 {
		t.Errorf("%d durations", count)
	}
}

func TestOpenTelemetry(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	reader := sdkmetric.NewManualReader()
	observer, err := NewOpenTelemetry(
		sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)),
		sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		observer.Observe(e)
	}
	got := spans.GetSpans()
	if len(got) != 2 || got[0].Name != "scwkms sign" || got[1].Status.Code != codes.Error || got[1].Status.Description != "no key" {
		t.Fatalf("the spans are %+v", got)
	}
	if duration := got[0].EndTime.Sub(got[0].StartTime); duration != time.Second {
		t.Errorf("the span takes %v", duration)
	}
	var metrics metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &metrics); err != nil {
		t.Fatal(err)
	}
	if count := len(metrics.ScopeMetrics[0].Metrics); count != 2 {
		t.Errorf("%d metrics", count)
	}
}

// The observer of a program that signs with the emulator.
func TestPrometheusOfASignature(t *testing.T) {
	service, err := scwkmstest.Start("--listen", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Stop()
	for _, entry := range service.Isolate(nil, t.TempDir()) {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	observer := NewPrometheus(prometheus.NewRegistry())
	if err := scwkms.SetObserver(observer); err != nil {
		t.Fatal(err)
	}
	sign(t)
	if err := scwkms.SetObserver(nil); err != nil {
		t.Fatal(err)
	}
	if count := testutil.CollectAndCount(observer.operations, "scwkms_operation_seconds"); count < 2 {
		t.Errorf("%d operations", count)
	}
	if opened := testutil.ToFloat64(observer.connections.WithLabelValues("opened")); opened < 1 {
		t.Errorf("%v connections", opened)
	}
}

func sign(t *testing.T) {
	t.Helper()
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: "scwkms:"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	key, err := manager.CreateKey(&apiv1.CreateKeyRequest{Name: "scwkms:name=k", SignatureAlgorithm: apiv1.ECDSAWithSHA256})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := manager.CreateSigner(&key.CreateSignerRequest)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
		t.Fatal(err)
	}
}
