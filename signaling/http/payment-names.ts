/** Headers of x402 and of paid sessions in answers, which scripts of other sites may read. */
export const PAYMENT_HEADERS = ['PAYMENT-REQUIRED', 'PAYMENT-RESPONSE', 'x-computepool-session'] as const;
