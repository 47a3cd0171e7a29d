/** The `orderNo` of a request, 32 lower-case hexadecimal digits: the digits of its batch's `orderId`, a UUID. */
export function orderNoOf(orderId: string): string {
  return orderId.replaceAll('-', '').toLowerCase();
}
