import type { Channel } from '../reservation.ts';

/** D:includes/_reservation_channels.md */
export const CHANNELS: Readonly<Record<Channel, { id: number; name: string }>> = {
  airbnb: { id: 2018, name: 'airbnbOfficial' },
  bookingcom: { id: 2005, name: 'bookingcom' },
  direct: { id: 2000, name: 'direct' },
  vrbo: { id: 2002, name: 'homeaway' },
};
