// gRPC over HTTP/2 requests: frames of five bytes and a message, status and message in the trailers.
const ok = 0;
const codes = { CANCELLED: 1, UNKNOWN: 2, INVALID_ARGUMENT: 3, NOT_FOUND: 5, PERMISSION_DENIED: 7, RESOURCE_EXHAUSTED: 8, UNIMPLEMENTED: 12, INTERNAL: 13, UNAVAILABLE: 14, UNAUTHENTICATED: 16 };

/** An error with a status; `retryDelayMs` goes along as google.rpc.RetryInfo. */
export class RpcError extends Error {
  constructor(code, message, retryDelayMs) {
    super(message);
    this.code = codes[code] ?? codes.UNKNOWN;
    this.retryDelayMs = retryDelayMs;
  }
}

/** One call of a method. */
export class Call {
  constructor(request, response, deserialize, serialize) {
    this.request = request;
    this.response = response;
    this.headers = request.headers;
    this.deserialize = deserialize;
    this.serialize = serialize;
    response.on('error', () => {});
  }

  get isOver() { return this.response.stream?.destroyed || this.response.writableEnded; }

  async read() {
    const parts = [];
    for await (const part of this.request) parts.push(part);
    const bytes = Buffer.concat(parts);
    if (bytes.length < 5 || bytes[0] !== 0 || bytes.readUInt32BE(1) !== bytes.length - 5) throw new RpcError('INTERNAL', 'The request is not one uncompressed message.');
    return this.deserialize(bytes.subarray(5));
  }

  /** Sends a message, or bytes that are one already; waits where the client does not take it yet. */
  async write(message) {
    const bytes = Buffer.isBuffer(message) ? message : this.serialize(message);
    if (!this.response.headersSent) this.response.writeHead(200, { 'content-type': 'application/grpc' });
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(bytes.length, 1);
    this.response.write(frame);
    if (!this.response.write(bytes)) {
      await new Promise((resolve) => {
        this.response.once('drain', resolve);
        this.response.once('close', resolve);
      });
    }
  }

  end(error) {
    if (this.isOver) return;
    const trailers = error ? { 'grpc-status': String(error.code ?? codes.INTERNAL), 'grpc-message': encodeURIComponent(error.message) } : { 'grpc-status': String(ok) };
    if (error?.retryDelayMs !== undefined) trailers['grpc-status-details-bin'] = retryInfo(error).toString('base64');
    // What fails before the first message is answered by trailers alone, which stand where the headers would.
    if (this.response.headersSent) {
      this.response.addTrailers(trailers);
      this.response.end();
    } else {
      this.response.stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
    }
  }
}

// google.rpc.Status with one google.rpc.RetryInfo.
function retryInfo({ code, message, retryDelayMs }) {
  const field = (number, bytes) => Buffer.concat([Buffer.from([number << 3 | 2]), varint(bytes.length), bytes]);
  const duration = Buffer.concat([Buffer.from([8]), varint(Math.floor(retryDelayMs / 1000)), Buffer.from([16]), varint(retryDelayMs % 1000 * 1_000_000)]);
  const any = Buffer.concat([field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, field(1, duration))]);
  return Buffer.concat([Buffer.from([8]), varint(code), field(2, Buffer.from(message)), field(3, any)]);
}

function varint(number) {
  const bytes = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push(rest % 128 | 128);
  }
}
