// Errors as the REST API writes them.

const statuses = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND', 409: 'ALREADY_EXISTS', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL', 501: 'UNIMPLEMENTED', 503: 'UNAVAILABLE' };

class ApiError extends Error {
  constructor(code, reason, message, place = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.place = place;
  }

  body() {
    return {
      error: {
        code: this.code,
        message: this.message,
        errors: [{ message: this.message, domain: this.reason === 'quotaExceeded' || this.reason === 'rateLimitExceeded' ? 'usageLimits' : 'global', reason: this.reason, ...this.place }],
        status: statuses[this.code] ?? 'UNKNOWN',
      },
    };
  }

  /** As a job carries it. */
  proto() {
    return { reason: this.reason, message: this.message, ...(this.place.location ? { location: this.place.location === 'q' ? 'query' : this.place.location } : {}) };
  }
}

export { ApiError };
