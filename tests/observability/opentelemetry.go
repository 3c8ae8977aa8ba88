package observability

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	scwkms "github.com/scwkms/scwkms/go"
)

// OpenTelemetry makes a span of each operation, and counts operations.
type OpenTelemetry struct {
	tracer    trace.Tracer
	durations metric.Float64Histogram
	pacing    metric.Float64Counter
}

// NewOpenTelemetry returns an observer that uses the given providers.
func NewOpenTelemetry(tracers trace.TracerProvider, meters metric.MeterProvider) (*OpenTelemetry, error) {
	const name = "github.com/scwkms/scwkms/go"
	meter := meters.Meter(name)
	durations, err := meter.Float64Histogram("scwkms.operation.duration", metric.WithUnit("s"))
	if err != nil {
		return nil, err
	}
	pacing, err := meter.Float64Counter("scwkms.pacing", metric.WithUnit("s"))
	if err != nil {
		return nil, err
	}
	return &OpenTelemetry{tracer: tracers.Tracer(name), durations: durations, pacing: pacing}, nil
}

// Observe implements scwkms.Observer.
func (o *OpenTelemetry) Observe(e scwkms.Event) {
	ctx := context.Background()
	switch e.Kind {
	case scwkms.EventOperation:
		o.operation(ctx, e)
	case scwkms.EventPaced:
		o.pacing.Add(ctx, e.Duration.Seconds())
	}
}

// operation makes a span. An event has no parent: the operation may have served several traces, for
// example by loading a key.
func (o *OpenTelemetry) operation(ctx context.Context, e scwkms.Event) {
	end := time.Now()
	name := attribute.String("scwkms.operation", e.Operation)
	o.durations.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(name, attribute.Int("scwkms.code", int(e.Code))))
	_, span := o.tracer.Start(ctx, "scwkms "+e.Operation,
		trace.WithTimestamp(end.Add(-e.Duration)),
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(
			name,
			attribute.String("cloud.region", e.Region),
			attribute.String("scwkms.key_id", e.KeyID),
			attribute.Int("http.response.status_code", e.HTTPStatus),
			attribute.String("scwkms.request_id", e.RequestID),
			attribute.Int("scwkms.requests", e.Requests),
			attribute.Int("scwkms.attempts", e.Attempts),
			attribute.Float64("scwkms.pacing_seconds", e.Pacing.Seconds()),
			attribute.Float64("scwkms.connecting_seconds", e.Connecting.Seconds()),
		))
	if e.Code != 0 {
		span.SetStatus(codes.Error, e.Message)
	}
	span.End(trace.WithTimestamp(end))
}
