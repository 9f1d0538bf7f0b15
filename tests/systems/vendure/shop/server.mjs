// A Vendure server on a loopback port, over the PostgreSQL database that the environment names: its own default
// configuration, but for a payment method without a provider, API keys, and a custom field of orders.
import { bootstrap, DefaultLogger, dummyPaymentHandler, LogLevel } from '@vendure/core';

const { SHOP_PORT, DB_URL, ADMIN_PASSWORD } = process.env;

await bootstrap({
  apiOptions: { hostname: '127.0.0.1', port: Number(SHOP_PORT), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: ADMIN_PASSWORD },
    cookieOptions: { secret: ADMIN_PASSWORD },
  },
  dbConnectionOptions: { type: 'postgres', url: DB_URL, synchronize: true, logging: false },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  customFields: { Order: [{ name: 'purchaseOrder', type: 'string', nullable: true }] },
});
